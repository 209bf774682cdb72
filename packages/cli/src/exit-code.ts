/** What the `touchstone` command ends with. */
export const ExitCode = { done: 0, fault: 1, userMistake: 2, budgetSpent: 3, stopped: 130 } as const

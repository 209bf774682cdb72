/**
 * What the `touchstone` command ends with. `faulty`: the run is done and its results are written, but an extension threw, gave what it must not, or hung, and what depends on it
 * is undefined.
 */
export const ExitCode = { done: 0, fault: 1, userMistake: 2, budgetSpent: 3, faulty: 4, stopped: 130 } as const

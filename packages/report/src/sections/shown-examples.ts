/** How many examples a report shows with their maps: the first ones. */
export const shownExamples = 12

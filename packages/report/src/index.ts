export { arm, gradient, palette } from './colours.js'
export { renderReport, type ReportInput } from './report.js'
export { shownExamples } from './sections/shown-examples.js'

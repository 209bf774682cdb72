export { renderReport, type ReportInput } from './report.js'
export { shownExamples } from './sections/shown-examples.js'

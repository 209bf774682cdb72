export { examplePages, examplesFolder, examplesOf, type ExamplePage } from './example-pages.js'
export { reportFigures, type Figure } from './paper-figures.js'
export { renderReport, type ReportInput, type ReportOptions } from './report.js'

export { parseCases, type CaseFile, type CaseModel, type CaseNode, type ReferenceCase } from './case-file.js'
export { runCases, type CaseOutcome } from './run-cases.js'

export { describeAttributer } from './describe-attributer.js'
export { finiteDifferences } from './finite-differences.js'
export { convModel, denseModel, type DenseWeights } from './toy-models.js'

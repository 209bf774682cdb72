export { describeAttributer } from './describe-attributer.js'
export { finiteDifferences } from './finite-differences.js'
export { networks, type NetworksOptions } from './networks.js'
export { convModel, denseModel, type DenseWeights } from './toy-models.js'

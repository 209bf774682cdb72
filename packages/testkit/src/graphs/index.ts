export { deepGraph } from './deep-graph.js'
export { dense, input, relu } from './nodes.js'
export { distance, matrix, normals, read, sumOf, tensor, vector, weight } from './values.js'
export { withNetwork } from './with-network.js'

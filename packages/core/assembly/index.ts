export { normalQuantiles } from './normal-quantile'
export { uniforms } from './philox'

import { definePlugin } from '@touchstone/core'
import { neighbours } from './neighbours.js'

export { nearestIndexOf, type Near, type NearestIndex, type NearestQuery, type Norm } from './nearest.js'
export { neighbours }

export default definePlugin({ name: '@touchstone/neighbours', extensions: [neighbours] })

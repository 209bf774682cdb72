import { ofActivation, type RuleFor } from '@touchstone/network'

const kinked = ofActivation('relu', 'leaky-relu')
const smooth = ofActivation('smooth-leaky-relu', 'smooth-clipped-relu')

/**
 * The activations whose way back is changed: ReLU, ReLU6 and leaky ReLU, and what stands for them in a `surrogate`. A softplus with a `beta` is a
 * surrogate's; a model's own has none, and goes by its plain gradient like every other activation.
 */
export const rectifiers: RuleFor['for'] = (place) =>
  kinked(place) || smooth(place) || (place.node.op === 'activation' && place.node.name === 'softplus' && place.node.beta !== undefined)

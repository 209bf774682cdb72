import { ofActivation, ofKind, type RuleFor } from '@touchstone/network'

const kinked = ofActivation('relu', 'leaky-relu', 'thresholded-relu')
const parametric = ofKind('prelu')
const smooth = ofActivation('smooth-leaky-relu', 'smooth-clipped-relu')

/**
 * The activations whose way back is changed: ReLU, ReLU6, leaky, parametric and thresholded ReLU, and what stands for them in a `surrogate`. A softplus with a `beta` is a
 * surrogate's; a model's own has none, and goes by its plain gradient like every other activation.
 */
export const rectifiers: RuleFor['for'] = (place) =>
  kinked(place) || parametric(place) || smooth(place) || (place.node.op === 'activation' && place.node.name === 'softplus' && place.node.beta !== undefined)

import { definePlugin } from '@touchstone/core'
import { maxSensitivityBhatt, sensitivityBhatt } from './bhatt.js'
import { referenceMethods } from './reference-methods.js'
import { relativeInputStability, relativeOutputStability, relativeRepresentationStability } from './relative-stability.js'
import { localLipschitz, maxSensitivity, maxSensitivityCaptum, maxSensitivityQuantus, maxSensitivityYeh, sensitivity, sensitivityQuantus } from './sensitivity.js'

export { localLipschitz, maxSensitivity, maxSensitivityBhatt, maxSensitivityCaptum, maxSensitivityQuantus, maxSensitivityYeh, relativeInputStability, relativeOutputStability, relativeRepresentationStability, sensitivity, sensitivityBhatt, sensitivityQuantus }

export default definePlugin({
  name: '@touchstone/sensitivity',
  extensions: referenceMethods,
  presets: [sensitivity, maxSensitivity, maxSensitivityYeh, maxSensitivityCaptum, maxSensitivityQuantus, sensitivityQuantus, localLipschitz, sensitivityBhatt, maxSensitivityBhatt, relativeInputStability, relativeOutputStability, relativeRepresentationStability],
})

import type * as package_ from '@tensorflow/tfjs-layers'
import { requirePackage } from './require-package.js'

/** All of @tensorflow/tfjs-layers, for Node. */
export const {
  Callback, CallbackList, CustomCallback, EarlyStopping, History, InputSpec, LayerVariable, LayersModel, RNN, Sequential, SymbolicTensor, callbacks,
  constraints, initializers, input, layers, loadLayersModel, metrics, model, models, registerCallbackConstructor, regularizers, sequential,
  version_layers,
} = requirePackage<typeof package_>('@tensorflow/tfjs-layers')

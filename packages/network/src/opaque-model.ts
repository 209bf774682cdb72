import type { Model } from '@touchstone/core'
import { tf } from '@touchstone/tensor'

/** What a model is whose layers cannot be read. */
export interface OpaqueModel extends Pick<Model, 'inputShape' | 'classCount' | 'outputs' | 'fingerprint'> {
  /** Why its layers cannot be read. */
  readonly networkMissing: string
  /** The outputs of a batch of inputs, a tensor that becomes ours; what else was made on the way is freed. */
  readonly run: (x: tf.Tensor) => tf.Tensor | Promise<tf.Tensor>
  readonly dispose?: (() => void) | undefined
}

/** A model whose layers are not seen through: it predicts, and that is all. */
export function opaqueModel({ networkMissing, run, dispose, ...known }: OpaqueModel): Model {
  let rows = 0
  return {
    ...known,
    mflopPerRow: 0,
    capabilities: { networkMissing },
    predict: async ({ shape, data }) => {
      rows += shape[0] ?? 0
      const x = tf.tensor(data, [...shape])
      try {
        const result = await run(x)
        try {
          return { shape: result.shape, data: (await result.data()) as Float32Array }
        } finally {
          result.dispose()
        }
      } finally {
        x.dispose()
      }
    },
    rowsRun: () => rows,
    ...(dispose && { dispose }),
  }
}

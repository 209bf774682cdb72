import '@tensorflow/tfjs-backend-webgl'
import { openEngine, tf } from '@touchstone/tensor'

/** What a page with WebGL finds: the engine, and gradients by an image in which several values of a window are the largest, or whose windows are padded. */
export async function gradients(): Promise<Readonly<Record<'engine' | 'ties' | 'same' | 'dropped' | 'means', unknown>>> {
  const { name } = await openEngine({ backend: 'webgl' })
  const image = tf.tensor4d([1, 1, 1, 1, 0, 2, 2, 0, 3], [1, 3, 3, 1])
  /** Of the pixels of f(image) times 1, 2, 3, ... */
  const weighted = async (f: (x: tf.Tensor4D) => tf.Tensor4D) =>
    [...(await tf.grad((x) => {
      const y = f(x as tf.Tensor4D)
      return tf.sum(tf.mul(y, tf.reshape(tf.range(1, y.size + 1), y.shape)))
    })(image).data())]
  return {
    engine: name,
    ties: await weighted((x) => tf.maxPool(x, 2, 1, 'valid')),
    same: await weighted((x) => tf.maxPool(x, 2, 2, 'same')),
    dropped: await weighted((x) => tf.maxPool(x, 2, 2, 'valid')),
    means: await weighted((x) => tf.avgPool(x, 2, 2, 'same')),
  }
}

// Where the page finds it.
Object.assign(globalThis, { gradients })

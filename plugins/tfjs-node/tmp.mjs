process.env.TF_CPP_MIN_LOG_LEVEL='2'
await import('@tensorflow/tfjs-node')
const { tf, layers, openEngine } = await import('@touchstone/tensor')
await openEngine({ backend: 'tfjs-node' })
const { data } = { data: Float32Array.from({length: 2*6*3}, (_, i) => Math.sin(i*1.7)) }
for (const [name, f, shape] of [
  ['conv1d', (x) => tf.conv2d(x, tf.tensor4d(Float32Array.from({length:3*3*4},(_, i)=>Math.cos(i)), [1,3,3,4]), [1,2], 'same'), [2,1,6,3]],
  ['conv1d s1', (x) => tf.conv2d(x, tf.tensor4d(Float32Array.from({length:3*3*4},(_, i)=>Math.cos(i)), [1,3,3,4]), 1, 'valid'), [2,1,6,3]],
  ['maxpool', (x) => tf.maxPool(x, [1,2], [1,2], 'same'), [2,1,6,3]],
  ['maxpool 1,2 s1', (x) => tf.maxPool(x, [1,3], [1,2], 'valid'), [2,1,6,3]],
  ['avgpool', (x) => tf.avgPool(x, [1,2], [1,2], 'same'), [2,1,6,3]],
  ['avgpool 3/2', (x) => tf.avgPool(x, [1,3], [1,2], 'same'), [2,1,6,3]],
  ['maxpool 2d', (x) => tf.maxPool(x, [2,3], [1,2], 'same'), [2,3,2,3]],
]) {
  for (const g of [0, 1, 2]) {
    const res = {}
    for (const b of ['tensorflow', 'cpu']) {
      await tf.setBackend(b)
      try { 
      res[b] = tf.tidy(() => { const x = tf.tensor4d(data, shape); const s = (y) => tf.sum(tf.mul(y, tf.sin(y))); const first = (x) => tf.grad((x) => s(f(x)))(x)
        return (g === 2 ? tf.grad((x) => tf.sum(tf.square(first(x))))(x) : g === 1 ? first(x) : f(x)).dataSync() }) } catch (e) { res[b] = [NaN]; console.log(b, e.message.slice(0,100)) }
    }
    let m = 0; res.cpu.forEach((v, i) => { m = Math.max(m, Math.abs(v - res.tensorflow[i])) })
    console.log(name, g, m)
  }
}

import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
/** A Vulkan driver that computes on the processor, which comes with Debian's chromium-common. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json'

/** What is missing for Dawn to compute on the processor. */
function missing(): string | undefined {
  if (!existsSync(swiftShader)) return `no software driver here: apt-get install chromium brings ${swiftShader}`
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }) as { stdout: string | null }
  return stdout?.includes('libvulkan.so.1') ? undefined : 'no Vulkan here: apt-get install libvulkan1'
}

/** Runs Node in a process of its own: which drivers there are is read once. */
async function node(driver: string, args: readonly string[]): Promise<string> {
  return (await outputs(driver, args)).stdout
}

async function outputs(driver: string, args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return run(process.execPath, args, { cwd: root, env: { ...process.env, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver, XDG_RUNTIME_DIR: '/tmp' } })
}

const opened = `
  import { Engine, Host } from '@touchstone/core'
  import plugin from '@touchstone/webgpu'
  import tfjsModels from '@touchstone/tfjs-models'
  const host = new Host([plugin, tfjsModels])
  const start = (backend) => host.open([], backend && host.resolver().resolve('backend', backend, [])).find(Engine)
`

test('without a card auto takes another backend and says so; one that was asked for says what to do', async () => {
  const { engine, failure } = JSON.parse(await node('/dev/null', ['--input-type=module', '-e', `${opened}
    const failure = await start('webgpu').catch((error) => error.message)
    const engine = await start()
    console.log(JSON.stringify({ engine, failure }))
  `])) as { engine: { name: string; passedOver: { backend: string }[] }; failure: string }
  expect(failure).toContain('apt-get install libvulkan1')
  expect(engine).toMatchObject({ name: 'tfjs-wasm', passedOver: [{ backend: 'webgpu' }] })
})

test('where Linux shows no card auto does not load Dawn, which prints warnings of its own', async ({ skip }) => {
  skip(['/dev/dri', '/dev/nvidiactl', '/dev/dxg'].some((device) => existsSync(device)), 'there is a card here')
  const { stdout, stderr } = await outputs(swiftShader, ['--input-type=module', '-e', `${opened}
    console.log((await start()).passedOver[0].reason)
  `])
  expect({ stdout, stderr }).toEqual({ stdout: 'there is no graphics card: Linux shows none\n', stderr: '' })
})

test('kernels that tfjs has wrong there are right: ties of max-pooling, padded means, whole numbers transposed, segments out of range', async ({ skip }) => {
  skip(missing() !== undefined, missing())
  const out = JSON.parse(await node(swiftShader, ['--input-type=module', '-e', `${opened}
    import { tf } from './packages/tensor/dist/index.js'
    const engine = await start('webgpu')
    const values = async (tensor) => [...await tensor.data()]
    const image = tf.tensor4d([1, 1, 1, 1, 0, 2, 2, 0, 3], [1, 3, 3, 1])
    const weighted = (f) => tf.grad((x) => { const y = f(x); return tf.sum(tf.mul(y, tf.reshape(tf.range(1, y.size + 1), y.shape))) })(image)
    console.log(JSON.stringify({
      engine: engine.name + ' ' + engine.version,
      ties: await values(weighted((x) => tf.maxPool(x, 2, 1, 'valid'))),
      same: await values(weighted((x) => tf.maxPool(x, 2, 2, 'same'))),
      dropped: await values(weighted((x) => tf.maxPool(x, 2, 2, 'valid'))),
      means: await values(weighted((x) => tf.avgPool(x, 2, 2, 'same'))),
      turned: await values(tf.transpose(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32'))),
      cast: await values(tf.transpose(tf.cast(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32'), 'float32'))),
      segments: await values(tf.unsortedSegmentSum(tf.tensor1d([1, 10, 100]), tf.tensor1d([-1, 1, 2], 'int32'), 2)),
    }))
    process.exit(0)
  `])) as Record<string, unknown>
  expect(out.engine).toContain('tfjs-webgpu 4.22.0 on google SwiftShader')
  // Windows 2 x 2 by strides 1: {1 1 1 0}, {1 1 0 2}, {1 0 2 0}, {0 2 0 3}, with weights 1 to 4.
  expect(out.ties).toEqual([1, 0, 0, 0, 0, 2 + 0, 3, 0, 4])
  // Padded below and to the right: {1 1 1 0}, {1 2}, {2 0}, {3}.
  expect(out.same).toEqual([1, 0, 0, 0, 0, 2, 3, 0, 4])
  expect(out.dropped).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0])
  expect(out.means).toEqual([0.25, 0.25, 1, 0.25, 0.25, 1, 1.5, 1.5, 4])
  expect(out.turned).toEqual([1, 4, 2, 5, 3, 6])
  expect(out.cast).toEqual([1, 4, 2, 5, 3, 6])
  expect(out.segments).toEqual([0, 10])
})

test('reference cases are answered as elsewhere', async ({ skip }) => {
  skip(missing() !== undefined, missing())
  const all = JSON.parse(await readFile(join(root, 'packages/testkit/cases/captum.json'), 'utf8')) as { cases: { id: string }[] }
  // A few of each kind of network: the driver computes on the processor, and slowly.
  const some = all.cases.filter(({ id }) => /-(2-gradient|6-integrated_gradients|10-deeplift_rescale)$/.test(id)).slice(0, 12)
  const file = join(await mkdtemp(join(tmpdir(), 'touchstone-webgpu-')), 'cases.json')
  await writeFile(file, JSON.stringify({ ...all, cases: some }))
  const out = await node(swiftShader, ['packages/cli/bin/touchstone.js', 'conformance', file, '--backend', 'webgpu']).finally(() => rm(dirname(file), { recursive: true }))
  expect(some.length).toBe(12)
  expect(out).toMatch(/12 passed, 0 failed, 0 skipped/)
})

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-train-'))
  // The packages are those of the project under test.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { '@touchstone/robust-training': '1' } }))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Outcome {
  readonly code: number | null
  readonly err: string
}

/** @param onError sees all that was written so far, and may send a signal */
function touchstone(args: readonly string[], onError?: (text: string, send: (signal: NodeJS.Signals) => void) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'packages/cli/bin/touchstone.js'), ...args], { cwd: folder })
    let err = ''
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString()
      onError?.(err, (signal) => child.kill(signal))
    })
    child.on('close', (code) => resolve({ code, err }))
  })
}

const config = {
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/robust-training'],
  model: { use: 'untrained', options: { seed: 5 } },
  dataset: { use: 'mnist', options: { split: 'test' } },
  trainer: { use: 'natural', options: { steps: 60, batch: 16, lookEvery: 20, heldOut: 50, learningRate: 0.001 } },
  seed: 2,
  checkpointEvery: 20,
}

async function write(name: string, content: unknown): Promise<string> {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return name
}

const weightsIn = (out: string) => readFile(join(folder, out, 'weights.bin'))

test('writes a layers-model; killed on the way, and stopped on the way, it goes on to the same bytes', async () => {
  const whole = await touchstone(['train', await write('whole.json', { ...config, out: 'whole' })])
  expect(whole.err).toMatch(/step 20 of 60, loss [\d.]+, [\d.]+ % of held-out examples right/)
  expect(whole.err).toMatch(/trained for 60 steps, [\d.]+ % .* the model is in whole/)
  expect(whole.code).toBe(0)

  const killed = await write('killed.json', { ...config, out: 'killed' })
  let sent = false
  // Twenty steps after the first look there is a checkpoint, and steps after it are lost.
  const once = (wanted: string, signal: NodeJS.Signals) => (text: string, send: (signal: NodeJS.Signals) => void) => {
    if (sent || !text.includes(wanted)) return
    sent = true
    send(signal)
  }
  expect((await touchstone(['train', killed], once('step 40', 'SIGKILL'))).code).toBeNull()
  await expect(weightsIn('killed')).rejects.toThrow('ENOENT')
  sent = false
  const stopped = await touchstone(['train', killed], once('step 40', 'SIGINT'))
  expect(stopped.err).toContain('going on from killed/checkpoint.bin')
  expect(stopped.err).toMatch(/stopped after step \d+ of 60; go on with: touchstone train killed.json/)
  expect(stopped.code).toBe(130)
  expect((await touchstone(['train', killed])).code).toBe(0)
  expect(await weightsIn('killed')).toEqual(await weightsIn('whole'))

  // What it wrote is a model to evaluate and to train on, in TypeScript too.
  const further = `import { defineTraining } from '@touchstone/robust-training'\nexport default defineTraining(${JSON.stringify({ ...config, model: { use: 'layers-model', options: { path: 'whole' } }, trainer: { use: 'pgd-mnist', options: { steps: 1, heldOut: 0, attackSteps: 2 } }, out: 'further' })})\n`
  const { code, err } = await touchstone(['train', await write('further.ts', further)])
  expect(err).toContain('trained for 1 steps')
  expect(code).toBe(0)
  expect((await weightsIn('further')).length).toBe((await weightsIn('whole')).length)

  const other = await touchstone(['train', await write('other.json', { ...config, seed: 3, out: 'whole' })])
  expect(other.err).toContain('checkpoint.bin: the checkpoint belongs to another training')
  expect(other.code).toBe(2)
}, 120_000)

test.each<[string, unknown, readonly string[]]>([
  ['several problems at once', { ...config, trainer: { use: 'pdg' }, seed: -1, models: {}, checkpoints: 5 }, ['trainer: no trainer named "pdg" in the loaded plugins; did you mean "pgd"', 'seed: expected a whole number of at least 0, found -1', 'models: belongs to an evaluation', 'checkpoints: unknown key', 'out: expected the folder that the model is written to, found nothing']],
  ['a model that is no layers-model', { ...config, model: 'saliency', out: 'x' }, ['model: no model named "saliency"']],
  ['a backend that is not there', { ...config, backend: 'wasmm', out: 'x' }, ['backend: no backend named "wasmm" in the loaded plugins; did you mean "wasm"']],
  ['no trainer', { ...config, trainer: undefined, out: 'x' }, ['trainer: expected the name of a trainer or { use, options }, found nothing']],
])('tells %s', async (_name, content, messages) => {
  const { code, err } = await touchstone(['train', await write('bad.json', content)])
  for (const message of messages) expect(err).toContain(message)
  expect(code).toBe(2)
})

test('wants one config', async () => {
  expect(await touchstone(['train'])).toEqual({ code: 2, err: 'touchstone: expected one config file, as in "touchstone train training.config.ts", found none\n' })
  expect((await touchstone(['train', 'no-such.json'])).err).toContain('cannot find the config no-such.json')
})

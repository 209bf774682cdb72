import { spawn } from 'node:child_process'
import { mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How a command ended. */
export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface SpawnOptions {
  readonly cwd?: string
  /** Given all of standard error so far, whenever there is more, and what sends a signal: SIGINT unless told. */
  readonly onError?: (text: string, send: (signal?: NodeJS.Signals) => void) => void
}

/** A folder of its own in which the built command can be run on the shipped networks and real digits. Whoever asks removes the folder. */
export async function commandLine() {
  const repository = fileURLToPath(new URL('../../..', import.meta.url))
  const bin = join(repository, 'packages', 'cli', 'bin', 'touchstone.js')
  const quickstart = join(repository, 'examples', 'quickstart')
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-cli-'))
  // The packages of the example are those of the project under test.
  await symlink(join(quickstart, 'node_modules'), join(folder, 'node_modules'))
  await symlink(join(quickstart, 'models'), join(folder, 'models'))

  const touchstone = (args: readonly string[], { cwd = folder, onError }: SpawnOptions = {}): Promise<Outcome> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [bin, ...args], { cwd })
      let out = ''
      let err = ''
      child.stdout.on('data', (data: Buffer) => (out += data.toString()))
      child.stderr.on('data', (data: Buffer) => {
        err += data.toString()
        onError?.(err, (signal = 'SIGINT') => child.kill(signal))
      })
      child.on('close', (code) => resolve({ code, out, err }))
    })

  const plugins = ['tfjs-models', 'datasets', 'gradients', 'ig', 'noise', 'comparisons', 'sensitivity'].map((name) => `@touchstone/${name}`)
  /** A small evaluation on real digits. */
  const config = {
    plugins,
    models: { well: { use: 'layers-model', options: { path: './models/well' } }, bad: { use: 'layers-model', options: { path: './models/bad/model.json' } } },
    dataset: { use: 'mnist' },
    examples: { take: 3 },
    attributers: { saliency: 'saliency', ig: { use: 'integrated-gradients', options: { steps: 4 } } },
    metrics: { sensitivity: 'sensitivity', kendall: { use: 'robustness', options: { sampler: 'noise', comparison: 'kendall', samples: 4 } } },
  }
  const write = async (name: string, content: unknown): Promise<string> => {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
    return name
  }
  return { repository, bin, quickstart, folder, touchstone, plugins, config, write }
}

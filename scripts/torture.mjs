// Interrupts runs at random moments and fills the disk, and checks that what was written before stays whole and that the next run gives the same
// bytes as an undisturbed one. npm run torture [rounds]
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'packages', 'cli', 'bin', 'touchstone.js')
const example = join(root, 'examples', 'quickstart')
const rounds = Number(process.argv[2] ?? 20)
const work = mkdtempSync(join(tmpdir(), 'touchstone-torture-'))
const config = join(work, 'config.json')
writeFileSync(
  config,
  JSON.stringify({
    plugins: ['tfjs-models', 'datasets', 'gradients', 'noise', 'comparisons', 'sensitivity'].map((name) => `@touchstone/${name}`),
    models: { well: { use: 'layers-model', options: { path: join(example, 'models', 'well') } } },
    dataset: 'mnist',
    examples: { take: 40 },
    attributers: { saliency: 'saliency' },
    metrics: { sensitivity: 'sensitivity' },
  }),
)

const reference = join(work, 'reference')
expect(run(reference).status === 0, 'the undisturbed run ends with 0')
const bytes = (folder) => readFileSync(join(folder, 'results.json'), 'utf8')
const expected = bytes(reference)
const took = time(() => run(reference))

const disturbed = join(work, 'disturbed')
run(disturbed)
const endings = {}
for (let round = 0; round < rounds; round++) {
  const signal = round % 2 === 0 ? 'SIGINT' : 'SIGKILL'
  const code = await interrupted(disturbed, signal, Math.random() * took)
  endings[`${signal}: ${code}`] = (endings[`${signal}: ${code}`] ?? 0) + 1
  expect(bytes(disturbed) === expected, 'results.json of the earlier run is whole after a stop')
}
expect(run(disturbed).status === 0 && bytes(disturbed) === expected, 'the next run gives the same bytes')
console.log(`ok  ${rounds} interrupted runs (${Object.entries(endings).map(([ending, count]) => `${ending} x ${count}`).join(', ')})`)

if (process.getuid?.() === 0 && process.platform === 'linux') {
  const disk = join(work, 'disk')
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status === 0) {
    try {
      const out = join(disk, 'run')
      const fails = (what) => {
        const { status, stderr } = run(out)
        expect(status === 2 && /the disk is full/.test(stderr) && !/^ {4}at /m.test(stderr), `${what} ends with one clear message: ${status} ${stderr}`)
      }
      fill(join(disk, 'ballast'))
      fails('a run on a full disk')
      rmSync(join(disk, 'ballast'))
      expect(run(out).status === 0 && bytes(out) === expected, 'there is room again')
      fill(join(disk, 'ballast'))
      fails('a second run on a full disk')
      expect(bytes(out) === expected, 'what was there survives')
      expect(!readdirSync(out).some((file) => file.endsWith('.part')), 'no half-written file is left')
      console.log('ok  a full disk')
    } finally {
      spawnSync('umount', [disk])
    }
  } else console.log('skipped  a full disk: tmpfs cannot be mounted here')
} else console.log('skipped  a full disk: needs root on Linux')

rmSync(work, { recursive: true })

/** Writes until nothing more fits. */
function fill(file) {
  try {
    writeFileSync(file, Buffer.alloc(64 * 1024 * 1024))
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error
  }
}

function run(out) {
  return spawnSync(process.execPath, [bin, 'run', config, '--out', out, '--quiet'], { cwd: example, encoding: 'utf8' })
}

function interrupted(out, signal, after) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, 'run', config, '--out', out, '--quiet'], { cwd: example, stdio: 'ignore' })
    const timer = setTimeout(() => child.kill(signal), after)
    child.on('close', (code, by) => {
      clearTimeout(timer)
      resolve(code ?? by)
    })
  })
}

function time(task) {
  const from = performance.now()
  task()
  return performance.now() - from
}

function expect(holds, what) {
  if (holds) return
  console.error(`torture: does not hold: ${what}\nthe files are in ${work}`)
  process.exit(1)
}

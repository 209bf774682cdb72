// Interrupts and kills runs at random moments, shares a store, turns the clock and fills the disk, and checks that nothing is lost, nothing is computed twice and
// the results are the same bytes as those of an undisturbed run. npm run torture [rounds]
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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

const units = JSON.parse(readFileSync(join(reference, 'run.json'), 'utf8')).units.computed
for (const how of [['--executor', 'inline'], ['--threads', '2']]) {
  // Again and again on one store until it is whole: whatever moment a run is ended at, the next goes on from there.
  const endings = {}
  for (let round = 0; round < rounds; round++) {
    const store = join(work, `store-${how.at(-1)}-${round}`)
    const out = join(work, 'disturbed')
    for (let attempt = 0, code; code !== 0; attempt++) {
      const signal = (round + attempt) % 3 === 0 ? 'SIGINT' : 'SIGKILL'
      code = await interrupted(out, signal, (0.3 + 0.9 * Math.random()) * took, ['--store', store, ...how])
      const ending = code === 0 ? 'done' : `${signal}: ${code}`
      endings[ending] = (endings[ending] ?? 0) + 1
    }
    expect(bytes(out) === expected, `${how.join(' ')}: results after interruptions are those of an undisturbed run`)
    const { kept, computed } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).units
    expect(kept + computed === units, `${how.join(' ')}: nothing that was kept is computed again: ${kept} + ${computed} of ${units}`)
    rmSync(store, { recursive: true })
  }
  console.log(`ok  ${how.join(' ')}: ${rounds} runs (${Object.entries(endings).map(([ending, count]) => `${ending} x ${count}`).join(', ')})`)
}

{
  const store = join(work, 'shared')
  const outs = ['a', 'b'].map((name) => join(work, `shared-${name}`))
  const codes = await Promise.all(outs.map((out) => interrupted(out, undefined, undefined, ['--store', store])))
  expect(codes.every((code) => code === 0) && outs.every((out) => bytes(out) === expected), 'two runs on one store at once give the same bytes')
  console.log('ok  two runs on one store at once')

  // Root may write whatever the permissions are.
  if (process.getuid?.() !== 0) {
    chmodSync(store, 0o555)
    expect(run(join(work, 'read-only'), ['--store', store]).status === 0, 'a finished config needs nothing but to read its store')
    chmodSync(store, 0o755)
    console.log('ok  a read-only store')
  } else console.log('skipped  a read-only store: root may write to it')

  if (spawnSync('faketime', ['--version']).status === 0) {
    for (const when of ['2001-01-01 00:00:00', '2037-12-31 23:59:59']) {
      const { status } = spawnSync('faketime', [when, process.execPath, bin, 'run', config, '--out', join(work, 'clock'), '--store', join(work, 'clock-store'), '--quiet'], { cwd: example })
      expect(status === 0 && bytes(join(work, 'clock')) === expected, `the clock may say ${when}`)
    }
    console.log('ok  jumping clocks')
  } else console.log('skipped  jumping clocks: there is no faketime')
}

if (process.getuid?.() === 0 && process.platform === 'linux') {
  const disk = join(work, 'disk')
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status === 0) {
    try {
      const out = join(disk, 'run')
      const store = ['--store', join(disk, 'store')]
      const fails = (what) => {
        const { status, stderr } = run(out, store)
        expect(status === 2 && /the disk is full/.test(stderr) && !/^ {4}at /m.test(stderr), `${what} ends with one clear message: ${status} ${stderr}`)
      }
      fill(join(disk, 'ballast'))
      fails('a run on a full disk')
      rmSync(join(disk, 'ballast'))
      expect(run(out, store).status === 0 && bytes(out) === expected, 'there is room again')
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

/** Each with a store of its own, unless told. */
function run(out, args = ['--store', join(work, `own-${Math.random()}`)]) {
  return spawnSync(process.execPath, [bin, 'run', config, '--out', out, '--quiet', ...args], { cwd: example, encoding: 'utf8' })
}

/** Sends a signal after so many milliseconds, where one is named. */
function interrupted(out, signal, after, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, 'run', config, '--out', out, '--quiet', ...args], { cwd: example, stdio: 'ignore' })
    const timer = signal && setTimeout(() => child.kill(signal), after)
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

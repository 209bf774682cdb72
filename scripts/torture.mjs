// Interrupts and kills runs, workers and Redis at random moments, shares a store, damages it, makes it read-only, turns the clock and fills the disk, and checks that
// nothing is lost, nothing is computed twice beyond what was in flight, and the results are the same bytes as those of an undisturbed run.
// npm run torture [-- [--backend name] rounds [fault ...]]; 50 rounds of each kind of kill, all faults and wasm unless told.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const faults = { inline, threads, worker, redis, shared, damaged, 'read-only': readOnly, clock, disk }
const { values: { backend }, positionals: [count = '50', ...asked] } = parseArgs({ options: { backend: { type: 'string' } }, allowPositionals: true })
const rounds = Number(count)
for (const name of asked) if (!(name in faults)) throw new Error(`no fault named "${name}"; there are: ${Object.keys(faults).join(', ')}`)

/** No command of a fault takes as long, in milliseconds: one that does is ended, and so does not hold. */
const limit = 180_000
/** What must not outlive this process, however it ends: processes, and a disk that is mounted. */
const remains = new Set()
process.on('exit', () => {
  for (const end of remains) end()
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'packages', 'cli', 'bin', 'touchstone.js')
const example = join(root, 'examples', 'quickstart')
const work = mkdtempSync(join(tmpdir(), 'touchstone-torture-'))
chmodSync(work, 0o755)
symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
writeFileSync(join(work, 'package.json'), JSON.stringify({ dependencies: { '@touchstone/bullmq': '*' } }))
const config = join(work, 'config.json')
writeFileSync(
  config,
  JSON.stringify({
    ...(backend !== undefined && { backend }),
    plugins: [...(backend === undefined ? [] : [backend.replace(/-gpu$/, '')]), 'tfjs-models', 'datasets', 'gradients', 'noise', 'comparisons', 'sensitivity', 'bullmq'].map((name) => `@touchstone/${name}`),
    models: { well: { use: 'layers-model', options: { path: join(example, 'models', 'well') } } },
    dataset: 'mnist',
    examples: { take: 40 },
    attributers: { saliency: 'saliency' },
    metrics: { sensitivity: 'sensitivity' },
  }),
)

const reference = join(work, 'reference')
expect((await run(reference)).status === 0, 'the undisturbed run ends with 0')
const bytes = (folder) => readFileSync(join(folder, 'results.json'), 'utf8')
const recordOf = (folder) => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).units
const expected = bytes(reference)
const took = await time(() => run(reference))
const units = recordOf(reference).computed

try {
  for (const [name, fault] of Object.entries(faults)) {
    if (asked.length > 0 && !asked.includes(name)) continue
    const said = await fault()
    console.log(`${said.startsWith('skipped') ? '' : 'ok  '}${name}: ${said}`)
  }
  rmSync(work, { recursive: true })
} catch (error) {
  console.error(`torture: ${error.message}\nthe files are in ${work}`)
  process.exitCode = 1
}

function inline() {
  return killed('inline', ['--executor', 'inline'])
}

function threads() {
  return killed('threads', ['--threads', '2'])
}

/** Again and again on one store until it is whole: whatever moment a run is ended at, the next goes on from there. */
async function killed(name, how) {
  const endings = {}
  // Only what met a run counts.
  let interruptions = 0
  for (let round = 0; interruptions < rounds; round++) {
    const store = join(work, `store-${name}-${round}`)
    const out = join(work, 'disturbed')
    for (let attempt = 0, code; code !== 0; attempt++) {
      // One in eight in order, the others at once.
      const signal = (round + attempt) % 8 === 7 ? 'SIGINT' : 'SIGKILL'
      code = await ended(start(['run', config, '--out', out, '--quiet', '--store', store, ...how]), signal, (0.2 + 0.8 * Math.random()) * took)
      if (code !== 0) interruptions++
      expect([0, 130, 'SIGINT', 'SIGKILL'].includes(code) && attempt < 100, `${name}: a run comes to its end, or is ended: ${code} after ${attempt} interruptions`)
      const ending = code === 0 ? 'done' : `${signal}: ${code}`
      endings[ending] = (endings[ending] ?? 0) + 1
    }
    expect(bytes(out) === expected, `${name}: results after interruptions are those of an undisturbed run`)
    const { kept, computed } = recordOf(out)
    expect(kept + computed === units, `${name}: nothing that was kept is computed again: ${kept} + ${computed} of ${units}`)
    rmSync(store, { recursive: true })
  }
  return `${interruptions} interruptions (${Object.entries(endings).map(([ending, count]) => `${ending} x ${count}`).join(', ')})`
}

/** A worker is killed in the middle, another takes over. */
async function worker() {
  return onQueue('worker', async ({ address, doomed, running }) => {
    doomed.kill('SIGKILL')
    const other = startWorker(address)
    const code = await running
    other.kill('SIGTERM')
    await ended(other)
    return code
  })
}

/** Redis is killed in the middle and started again with what it has written. */
async function redis() {
  return onQueue('redis', async ({ server, doomed, running }) => {
    await server.restart()
    const code = await running
    doomed.kill('SIGTERM')
    await ended(doomed)
    return code
  })
}

async function onQueue(name, disturb) {
  const { hasRedis, startRedis } = await import(new URL('../plugins/bullmq/dist/testing.js', import.meta.url).href)
  if (!hasRedis) return 'skipped: no redis-server'
  const server = await startRedis()
  try {
    return await queueRounds(name, server, disturb)
  } finally {
    await server[Symbol.asyncDispose]()
  }
}

async function queueRounds(name, server, disturb) {
  const out = join(work, 'disturbed')
  let again = 0
  for (let round = 0; round < rounds; round++) {
    const store = join(work, `store-${name}-${round}`)
    const doomed = startWorker(server.address)
    await Promise.race([new Promise((resolve) => doomed.stderr.once('data', resolve)), ended(doomed)])
    const running = ended(start(['run', config, '--out', out, '--quiet', '--store', store, '--executor', 'bullmq', '--redis', server.address, '--parallel', '8']))
    await delay((0.3 + 0.9 * Math.random()) * took)
    const code = await disturb({ address: server.address, server, doomed, running })
    expect(code === 0 && bytes(out) === expected, `${name}: the run ends with 0 and the results of an undisturbed one: ${code}`)
    const { kept, computed } = recordOf(out)
    expect(kept + computed <= units, `${name}: what is in the store is not computed again: ${kept} + ${computed} of ${units}`)
    again += units - kept - computed
    rmSync(store, { recursive: true })
  }
  return `${rounds} runs; ${again} units were there when a job was done again`
}

function startWorker(address) {
  const child = start(['worker', '--redis', address, '--threads', '1'], 'pipe')
  child.stderr.resume()
  return child
}

/** Two runs on one store at once. */
async function shared() {
  const store = join(work, 'shared')
  const outs = ['a', 'b'].map((name) => join(work, `shared-${name}`))
  const codes = await Promise.all(outs.map((out) => ended(start(['run', config, '--out', out, '--quiet', '--store', store]))))
  expect(codes.every((code) => code === 0) && outs.every((out) => bytes(out) === expected), 'two runs on one store at once give the same bytes')
  return 'two runs on one store'
}

/** A bit is flipped, or the end cut off, anywhere in the files of a store. */
async function damaged() {
  const store = join(work, 'damaged')
  const out = join(work, 'damaged-run')
  expect((await run(out, ['--store', store])).status === 0, 'a store is filled')
  const times = Math.min(rounds, 20)
  for (let round = 0; round < times; round++) {
    for (const name of readdirSync(store).filter((file) => /^[0-9a-f]{64}$/.test(file))) {
      const file = join(store, name)
      const content = readFileSync(file)
      const at = Math.floor(Math.random() * content.length)
      if (round % 2 === 0) truncateSync(file, at)
      else {
        content[at] ^= 1 << Math.floor(Math.random() * 8)
        writeFileSync(file, content)
      }
    }
    const { status, stderr } = await finished([process.execPath, bin, 'run', config, '--out', out, '--store', store, '--executor', 'inline'])
    expect(status === 0 && bytes(out) === expected, `a damaged store gives the same bytes: ${stderr}`)
    expect(/warning: store: /.test(stderr), `damage is said: ${stderr}`)
  }
  return `${times} times cut or a bit flipped in every file`
}

/** As nobody where we are root, who may write to anything. */
async function readOnly() {
  const isRoot = process.getuid?.() === 0
  if (isRoot && spawnSync('setpriv', ['--version']).status !== 0) return 'skipped: root may write to it, and there is no setpriv'
  const store = join(work, 'read-only')
  const out = join(work, 'read-only-run')
  expect((await run(out, ['--store', store])).status === 0, 'a store is filled')
  const nobody = 65534
  if (isRoot) for (const file of [out, ...readdirSync(out, { recursive: true }).map((name) => join(out, name))]) chownSync(file, nobody, nobody)
  chmodSync(store, 0o555)
  const asOther = (args) => finished([...(isRoot ? ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'] : []), process.execPath, bin, 'run', config, '--out', out, '--store', store, '--executor', 'inline', ...args])
  const again = await asOther([])
  expect(again.status === 0 && bytes(out) === expected, `a finished config needs nothing but to read its store: ${again.stderr}`)
  rmSync(join(store, readdirSync(store).find((file) => /^[0-9a-f]{64}$/.test(file))))
  // With its seal the run would be finished, whatever became of the store.
  rmSync(join(out, 'seal.json'))
  const { status, stderr } = await asOther([])
  expect(status === 2 && stderr.includes('permission denied') && !/^ {4}at /m.test(stderr), `what cannot be kept ends the run with one clear message: ${status} ${stderr}`)
  expect(bytes(out) === expected, 'what was there survives')
  chmodSync(store, 0o755)
  return isRoot ? 'as nobody' : 'read, and refused in words'
}

async function clock() {
  if (spawnSync('faketime', ['--version']).status !== 0) return 'skipped: there is no faketime'
  const store = join(work, 'clock-store')
  const out = join(work, 'clock')
  // On one store, half of it each: the clock jumps between the runs, and runs a thousand times too fast in them.
  for (const [when, args] of [['@2001-01-01 00:00:00 x1000', ['--shard', '1/2']], ['@2037-12-31 23:59:59', []], ['@1999-12-31 23:59:59', ['--executor', 'inline']]]) {
    const { status, stderr } = await finished(['faketime', '-f', when, process.execPath, bin, 'run', config, '--out', out, '--store', store, '--quiet', ...args])
    expect(status === 0, `the clock may say ${when}: ${stderr}`)
  }
  expect(bytes(out) === expected, 'clocks change no result')
  const { kept, computed } = recordOf(out)
  expect(kept === units && computed === 0, 'what was kept at another time is there')
  return 'forth, back, and a thousand times too fast'
}

async function disk() {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return 'skipped: needs root on Linux'
  const disk = join(work, 'disk')
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status !== 0) return 'skipped: tmpfs cannot be mounted here'
  const unmount = () => spawnSync('umount', ['--lazy', disk])
  remains.add(unmount)
  try {
    const out = join(disk, 'run')
    const store = ['--store', join(disk, 'store')]
    const fails = async (what, args = store) => {
      const { status, stderr } = await run(out, args)
      expect(status === 2 && /the disk is full/.test(stderr) && !/^ {4}at /m.test(stderr), `${what} ends with one clear message: ${status} ${stderr}`)
    }
    fill(join(disk, 'ballast'))
    await fails('a run on a full disk')
    rmSync(join(disk, 'ballast'))
    expect((await run(out, store)).status === 0 && bytes(out) === expected, 'there is room again')
    fill(join(disk, 'ballast'))
    // Finished it needs none; by another flag the run goes its ordinary way.
    expect((await run(out, store)).status === 0, 'a finished run writes nothing')
    await fails('a second run on a full disk', [...store, '--executor', 'inline'])
    expect(bytes(out) === expected, 'what was there survives')
    expect(!readdirSync(out).some((file) => file.endsWith('.part')), 'no half-written file is left')
    return 'said, and nothing lost'
  } finally {
    unmount()
    remains.delete(unmount)
  }
}

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
  return finished([process.execPath, bin, 'run', config, '--out', out, '--quiet', ...args])
}

/** How a command ends, and what it says. */
async function finished([command, ...args]) {
  const child = launch(command, args, 'pipe')
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
  return { status: await ended(child), stderr }
}

function start(args, errors = 'ignore') {
  return launch(process.execPath, [bin, ...args], errors)
}

/** As leader of a group, which is ended as a whole: after the limit, when the leader has ended, and with this process. */
function launch(command, args, errors) {
  const child = spawn(command, args, { cwd: work, stdio: ['ignore', 'ignore', errors], detached: true })
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      if (error.code !== 'ESRCH') throw error
    }
  }
  remains.add(end)
  const timer = setTimeout(end, limit)
  child.once('exit', () => {
    clearTimeout(timer)
    end()
    remains.delete(end)
  })
  return child
}

/** How a process ends; it gets a signal after so many milliseconds, where one is named. */
function ended(child, signal, after) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode
  return new Promise((resolve) => {
    const timer = signal && setTimeout(() => child.kill(signal), after)
    child.on('close', (code, by) => {
      clearTimeout(timer)
      resolve(code ?? by)
    })
  })
}

async function time(task) {
  const from = performance.now()
  await task()
  return performance.now() - from
}

function expect(holds, what) {
  if (!holds) throw new Error(`does not hold: ${what}`)
}

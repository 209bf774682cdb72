import { spawnSync } from 'node:child_process'
import { chmod, chown, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandLine } from './command-line.test.data.js'

const { folder, bin, touchstone, write, config } = await commandLine()

afterAll(() => rm(folder, { recursive: true, force: true }))

let path: string
let reference: string
const resultsOf = (out: string) => readFile(join(folder, out, 'results.json'), 'utf8')
const packsOf = async (store: string) => (await readdir(join(folder, store))).filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name) => join(folder, store, name))
/** A run on a store, and the store that the reference has filled. */
const run = (out: string, store: string, ...more: string[]) => touchstone(['run', path, '--out', out, '--store', store, '--executor', 'inline', ...more])
const filled = (store: string) => cp(join(folder, 'filled'), join(folder, store), { recursive: true })

beforeAll(async () => {
  path = await write('config.json', { ...config, models: { well: config.models.well }, attributers: { saliency: 'saliency' } })
  expect((await run('reference', 'filled', '--quiet')).code).toBe(0)
  reference = await resultsOf('reference')
}, 60_000)

test('two runs on one store at once find the same', async () => {
  const outcomes = await Promise.all(['one', 'two'].map((out) => run(out, 'shared', '--quiet')))
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0])
  for (const out of ['one', 'two']) expect(await resultsOf(out)).toBe(reference)
})

test('files that are cut short are computed again, and it is said', async () => {
  await filled('cut')
  for (const file of await packsOf('cut')) await truncate(file, (await stat(file)).size - 1)
  const { code, err } = await run('cut-run', 'cut')
  expect(code).toBe(0)
  expect(err).toContain('warning: store: ')
  expect(await resultsOf('cut-run')).toBe(reference)
})

test('a finished config changes nothing but the record of its run', async () => {
  await filled('again')
  const report = join(folder, 'reference', 'report.html')
  const before = await stat(report)
  expect((await run('reference', 'again', '--quiet')).code).toBe(0)
  expect((await stat(report)).mtimeMs).toBe(before.mtimeMs)
  expect(JSON.parse(await readFile(join(folder, 'reference', 'run.json'), 'utf8'))).toMatchObject({ units: { computed: 0 } })
  // What was taken away is made again.
  await rm(join(folder, 'reference', 'rows.csv'))
  await rm(report)
  expect((await run('reference', 'again', '--quiet')).code).toBe(0)
  expect(await readdir(join(folder, 'reference'))).toEqual(expect.arrayContaining(['rows.csv', 'report.html']))
})

const isRoot = process.getuid?.() === 0
const nobody = 65534
const asNobody = ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups']
// Root may write to anything; somebody else must be able to read the command.
const canBeRefused = !isRoot || spawnSync('setpriv', [...asNobody, process.execPath, '--check', bin]).status === 0

test.runIf(canBeRefused)(`a store that may only be read${canBeRefused ? '' : ' (skipped: this is root, and nobody cannot read the command)'}`, async () => {
  await filled('read-only')
  await mkdir(join(folder, 'nobody'))
  await chmod(folder, 0o755)
  if (isRoot) await chown(join(folder, 'nobody'), nobody, nobody)
  await chmod(join(folder, 'read-only'), 0o555)
  const asOther = () => {
    const command = [process.execPath, bin, 'run', path, '--out', 'nobody', '--store', 'read-only', '--executor', 'inline']
    return isRoot ? spawnSync('setpriv', [...asNobody, ...command], { cwd: folder, encoding: 'utf8' }) : spawnSync(command[0]!, command.slice(1), { cwd: folder, encoding: 'utf8' })
  }
  const finished = asOther()
  expect(finished.status, finished.stderr).toBe(0)
  expect(await resultsOf('nobody')).toBe(reference)
  // With its seal the run is finished, whatever becomes of the store.
  await rm(join(folder, 'nobody', 'seal.json'))
  await rm((await packsOf('read-only')).at(0)!)
  const refused = asOther()
  expect(refused.status).toBe(2)
  expect(refused.stderr).toMatch(/touchstone: cannot write .*: permission denied/)
  expect(await resultsOf('nobody')).toBe(reference)
  await chmod(join(folder, 'read-only'), 0o755)
})

const hasFaketime = spawnSync('faketime', ['--version']).status === 0

test.runIf(hasFaketime)(`clocks that jump${hasFaketime ? '' : ' (skipped: no faketime)'}`, async () => {
  for (const [when, ...shard] of [['@2037-12-31 23:59:59 x1000', '--shard', '1/2'], ['@2001-01-01 00:00:00']]) {
    const { status, stderr } = spawnSync('faketime', ['-f', when!, process.execPath, bin, 'run', path, '--out', 'clock', '--store', 'clock-store', '--executor', 'inline', '--quiet', ...shard], { cwd: folder, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  }
  expect(await resultsOf('clock')).toBe(reference)
})

const small = join(folder, 'small')
await mkdir(small)
const hasDisk = isRoot && process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small]).status === 0

describe.runIf(hasDisk)(`a full disk${hasDisk ? '' : ' (skipped: no tmpfs can be mounted here)'}`, () => {
  afterAll(() => {
    spawnSync('umount', [small])
  })

  test('is said, costs nothing that was there, and the run goes on when there is room', async () => {
    expect((await run('small/run', 'small/store', '--quiet')).code).toBe(0)
    await rm((await packsOf('small/store')).at(-1)!)
    await writeFile(join(small, 'ballast'), new Uint8Array(4 * 1024 * 1024)).catch(() => undefined)
    // Finished it needs no room; without its seal it is written anew.
    expect((await run('small/run', 'small/store')).code).toBe(0)
    await rm(join(small, 'run', 'seal.json'))
    const { code, err } = await run('small/run', 'small/store')
    expect(code).toBe(2)
    expect(err).toMatch(/touchstone: cannot write .*: the disk is full: free some space and run again/)
    expect(await resultsOf('small/run')).toBe(reference)
    expect((await readdir(join(small, 'run'), { recursive: true })).filter((name) => name.endsWith('.part'))).toEqual([])
    await rm(join(small, 'ballast'))
    expect((await run('small/run', 'small/store', '--quiet')).code).toBe(0)
    expect(await resultsOf('small/run')).toBe(reference)
  })
})

// npm run nightly: both papers in their short form, anew, with what is judged; each has to end within a quarter of an hour on two cores.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const limit = 15 * 60
const root = fileURLToPath(new URL('..', import.meta.url))
const failures = []
for (const example of ['osr-paper', 'lens-paper']) {
  const out = mkdtempSync(join(tmpdir(), `touchstone-${example}-`))
  const started = performance.now()
  const { status, error } = spawnSync('npm', ['run', '--silent', 'paper', '--', '--quick', '--out', out], { cwd: join(root, 'examples', example), stdio: 'inherit', shell: process.platform === 'win32' })
  const seconds = (performance.now() - started) / 1000
  rmSync(out, { recursive: true, force: true })
  console.log(`${example}: ${seconds.toFixed(0)} s`)
  if (error) failures.push(`${example} did not start: ${error.message}`)
  else if (status !== 0) failures.push(`${example} ended with ${status}`)
  else if (seconds > limit) failures.push(`${example} took ${seconds.toFixed(0)} s, more than ${limit} s`)
}
for (const failure of failures) console.error(failure)
process.exitCode = failures.length === 0 ? 0 : 1

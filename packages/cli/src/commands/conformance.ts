import { readFile } from 'node:fs/promises'
import { Host, messageOf, UserError } from '@touchstone/core'
import { installedPlugins } from '@touchstone/evaluation/node'
import type { CaseOutcome } from '@touchstone/testkit/conformance'
import { Command } from 'commander'
import { ExitCode } from '../exit-code.js'
import { consoleLog } from '../log.js'

/** `touchstone conformance <file...>`. */
export function conformanceCommand(signal: AbortSignal): Command {
  return new Command('conformance')
    .summary('hold the installed methods against reference cases')
    .description('Asks the installed plugins reference cases, models with weights and inputs whose attributions are known, and prints a line per case. Ends with code 1 where one fails.')
    .argument('<file...>', 'JSON files in the format attribution-cases/1')
    .option('--backend <name>', 'what computes: that of an installed plugin', 'wasm')
    .action(async (paths: string[], { backend: wanted }: { readonly backend: string }) => {
      const { parseCases, runCases } = await testkit()
      const files = await Promise.all(paths.map(async (path) => parseCases(await read(path), path)))
      await using host = new Host(await installedPlugins(process.cwd(), consoleLog.warn))
      if (host.registry.names('reference-method').length === 0) consoleLog.warn('no dependency of the nearest package.json is a plugin that answers reference cases: run this where your plugins are installed')
      const resolver = host.resolver()
      const backend = resolver.resolve('backend', wanted, [])
      if (!backend) throw new UserError(`--backend: ${resolver.problems.map(({ message }) => message).join('; ')}`)
      const counts: Record<CaseOutcome['outcome'], number> = { passed: 0, failed: 0, skipped: 0 }
      for (const file of files) {
        for await (const { id, outcome, detail } of runCases(file, host, backend)) {
          signal.throwIfAborted()
          counts[outcome]++
          console.log(`${outcome.padEnd(7)}  ${id}${detail === '' ? '' : `: ${detail}`}`)
        }
      }
      console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
      if (counts.failed > 0) process.exitCode = ExitCode.fault
    })
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`)
  }
}

/** Plugin authors have it; who only runs evaluations need not. */
async function testkit(): Promise<typeof import('@touchstone/testkit/conformance')> {
  try {
    return await import('@touchstone/testkit/conformance')
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UserError('reference cases are asked by @touchstone/testkit, which is not installed: npm install --save-dev @touchstone/testkit')
  }
}

import { spawn } from 'node:child_process'
import { UserError } from '@touchstone/core'

/** Runs a program and waits for its end. @returns what it wrote to stdout. @throws UserError with the last lines of what it complained of. */
export function run(program: string, args: readonly string[], { signal, env }: { readonly signal: AbortSignal; readonly env?: Readonly<Record<string, string>> }): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { signal, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (err = (err + data.toString()).slice(-20_000)))
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new UserError(`native install: there is no program ${program} here${hints[program] === undefined ? '' : `: ${hints[program]}`}`) : error)
    })
    child.on('close', (code) => {
      if (code === 0) resolve(out)
      else reject(new UserError(`native install: ${program} ended with code ${code}:\n${err.trim().split('\n').slice(-8).join('\n')}`))
    })
  })
}

const hints: Readonly<Record<string, string | undefined>> = {
  'g++': 'install a C++ compiler, as by apt-get install g++',
  python3: 'install Python with pip, as by apt-get install python3-pip; it fetches and unpacks the wheel, nothing else',
}

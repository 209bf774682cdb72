import { isUserError, messageOf, type Log } from '@touchstone/core'
import type { EvaluateOptions, Plan, RunRecord } from '@touchstone/evaluation'
import { consoleLog, silentLog } from './log.js'
import { progressDisplay } from './progress-bar.js'
import type { RunLog } from './run-log.js'

/** How a run shows what happens, to a person or a machine, and writes it to its log. */
export interface RunDisplay {
  readonly options: Pick<EvaluateOptions, 'log' | 'onProgress' | 'onUnit'>
  readonly planned: (plan: Plan) => void
  readonly finished: (what: { readonly out?: string; readonly shard?: string | undefined; readonly seconds: number; readonly units: RunRecord['units'] }) => void
  readonly failed: (error: unknown) => void
  /** Takes the progress bar away. */
  readonly end: () => void
}

interface DisplayFlags {
  readonly quiet?: boolean
  readonly jsonEvents?: boolean
}

export async function runDisplay({ quiet = false, jsonEvents = false }: DisplayFlags, write: RunLog): Promise<RunDisplay> {
  const event = (name: string, details: object): void => {
    if (jsonEvents) console.log(JSON.stringify({ event: name, time: new Date().toISOString(), ...details }))
  }
  const bar = quiet || jsonEvents ? undefined : await progressDisplay()
  const shown: Log = quiet || jsonEvents ? silentLog : consoleLog
  return {
    options: {
      log: {
        info: (message) => {
          write(message)
          event('info', { message })
          shown.info(message)
        },
        warn: (message) => {
          write(`warning: ${message}`)
          event('warning', { message })
          shown.warn(message)
        },
      },
      onProgress: (progress) => {
        if (progress.total === 0) write(`stage ${progress.stage}`)
        event('progress', progress)
        bar?.update(progress)
      },
      onUnit: (unit) => {
        write(`done ${Object.values(unit).join(' | ')}`)
        event('unit', unit)
      },
    },
    planned: ({ units, rows, jobs }) => {
      const kept = units.reduce((sum, unit) => sum + unit.kept, 0)
      const all = units.reduce((sum, unit) => sum + unit.units, 0)
      write(`plan: ${all} maps and scores, ${kept} of them kept from before; ${jobs.length} jobs, ${Math.round(rows)} rows`)
      event('plan', { units: all, kept, rows, jobs: jobs.length })
    },
    finished: (what) => {
      write(`finished after ${what.seconds} s, ${what.units.computed} units computed`)
      event('finished', what)
    },
    failed: (error) => {
      write(`ended: ${isUserError(error) || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message)}`)
      event('failed', { message: messageOf(error) })
    },
    end: () => bar?.end(),
  }
}

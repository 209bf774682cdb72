import type { Progress } from '@touchstone/evaluation'
import type { SingleBar } from 'cli-progress'

const titles = { load: 'loading models and data', select: 'choosing examples', evaluate: 'evaluating' } as const

interface ProgressDisplay {
  readonly update: (progress: Progress) => void
  readonly end: () => void
}

/** Shows how far an evaluation is: per stage a bar with an estimate on a terminal, plain lines elsewhere. */
export async function progressDisplay(): Promise<ProgressDisplay> {
  return process.stderr.isTTY ? bars() : lines()
}

async function bars(): Promise<ProgressDisplay> {
  const { Presets, SingleBar } = await import('cli-progress')
  const format = '{title} [{bar}] {percentage} %, about {eta_formatted} left'
  let shown: { readonly stage: Progress['stage']; readonly bar: SingleBar } | undefined
  return {
    update: ({ stage, done, total }: Progress) => {
      if (total === 0) return
      if (shown?.stage !== stage) {
        shown?.bar.stop()
        shown = { stage, bar: new SingleBar({ format, stream: process.stderr, hideCursor: true, etaBuffer: 100 }, Presets.shades_classic) }
        shown.bar.start(total, 0, { title: titles[stage] })
      }
      shown.bar.update(done)
    },
    end: () => shown?.bar.stop(),
  }
}

function lines(): ProgressDisplay {
  let last = ''
  let started = performance.now()
  return {
    update: ({ stage, done, total }: Progress) => {
      if (total === 0) {
        started = performance.now()
        return console.error(`${titles[stage]} ...`)
      }
      const tenth = Math.floor((10 * done) / total)
      const line = `${titles[stage]}: ${tenth * 10} %`
      if (tenth === 0 || line === last) return
      last = line
      const elapsed = (performance.now() - started) / 1000
      console.error(`${line}${tenth === 10 ? '' : `, about ${Math.ceil((elapsed * (total - done)) / done)} s left`}`)
    },
    end: () => undefined,
  }
}

import type { Progress } from '@touchstone/evaluation'
import { Presets, SingleBar } from 'cli-progress'

const titles = { load: 'loading models and data', select: 'choosing examples', evaluate: 'evaluating' } as const

/** Shows how far an evaluation is: a bar with an estimate on a terminal, plain lines elsewhere. */
export function progressDisplay(): { readonly update: (progress: Progress) => void; readonly end: () => void } {
  return process.stderr.isTTY ? bar() : lines()
}

function bar() {
  const display = new SingleBar({ format: '{title} [{bar}] {percentage} %, about {eta_formatted} left', stream: process.stderr, hideCursor: true, etaBuffer: 100 }, Presets.shades_classic)
  let active = false
  return {
    update: ({ stage, done, total }: Progress) => {
      if (total === 0) return
      if (!active) display.start(total, 0, { title: titles[stage] })
      active = true
      display.update(done)
    },
    end: () => display.stop(),
  }
}

function lines() {
  let tenth = 0
  const started = performance.now()
  return {
    update: ({ stage, done, total }: Progress) => {
      if (total === 0) return console.error(`${titles[stage]} ...`)
      const now = Math.floor((10 * done) / total)
      if (now === tenth) return
      tenth = now
      const elapsed = (performance.now() - started) / 1000
      const left = now === 10 ? '' : `, about ${Math.ceil((elapsed * (total - done)) / done)} s left`
      console.error(`${titles[stage]}: ${now * 10} %${left}`)
    },
    end: () => undefined,
  }
}

import { messageOf } from '@touchstone/core'
import { methods, samplers, scores } from './catalogue.js'
import { openControls } from './controls.js'
import { digitPixels, fromBytes } from './digits.js'
import { element } from './element.js'
import { add, isFinding, nothing } from './findings.js'
import type { Answer, Request } from './messages.js'
import { readPicture } from './own-picture.js'
import type { Marks, Shape } from './pictures.js'
import { fromAddress, toAddress, type Backend, type Setting } from './setting.js'
import { mapsView, predictionView, tableView } from './view.js'

/** Milliseconds of rest after which a change starts the work anew. */
const patience = 250

const at = (selector: string): HTMLElement => document.querySelector(selector)!
const shortcuts: Readonly<Record<string, string>> = { well: 'well/model.json', bad: 'bad/model.json' }

let setting = fromAddress(location.hash.slice(1))
let marks: Marks = 'top-k'
let files: readonly File[] = []
let picture: File | undefined
let worker: Worker | undefined
let opened: { readonly engine: string; readonly note?: string; readonly shape: Shape; readonly mflop: number } | undefined
let closed: string | undefined
/** The picture as bytes of the model's shape. */
let ownBytes: Uint8Array | undefined
let pictureProblem: string | undefined
let input: Float32Array | undefined
let findings = nothing()
let run = 0
let waiting: ReturnType<typeof setTimeout> | undefined
let stopped = false

const missing: Partial<Record<Backend, string>> = {
  ...(!('gpu' in navigator) && { webgpu: 'this browser has none' }),
  ...(!new OffscreenCanvas(1, 1).getContext('webgl2') && { webgl: 'this browser has none' }),
}
const show = openControls(at('#controls') as HTMLFormElement, missing, {
  setting: change,
  marks: (chosen) => {
    marks = chosen
    draw()
  },
  files: (chosen) => {
    files = chosen
    if (files.length > 0) open()
  },
  picture: (file) => {
    picture = file
    change({ input: null })
  },
  stop: () => {
    stopped = true
    ask({ ask: 'stop' })
    draw()
  },
  share: () => void navigator.clipboard.writeText(location.href).then(() => (at('#status').textContent = 'The address is copied.'), () => (at('#status').textContent = location.href)),
})
addEventListener('hashchange', () => {
  const next = fromAddress(location.hash.slice(1))
  if (toAddress(next) !== toAddress(setting)) change(next)
})
if (missing[setting.backend] !== undefined) setting = { ...setting, backend: 'wasm' }
open()

/** Takes a change in, and begins what it asks for: a new engine or model, a new explanation, or only another view. */
function change(part: Partial<Setting>): void {
  const before = setting
  setting = { ...setting, ...part }
  history.replaceState(null, '', `#${toAddress(setting)}`)
  const changed = (...names: readonly (keyof Setting)[]): boolean => names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(setting[name]))
  if (changed('backend', 'model')) return open()
  if (changed('input', 'range', 'methods', 'sampler', 'reach', 'count', 'scores') || part.input === null) {
    clearTimeout(waiting)
    ask({ ask: 'stop' })
    waiting = setTimeout(() => void explain(), patience)
  }
  draw()
}

/** One engine to a worker: another backend is another worker. */
function open(): void {
  worker?.terminate()
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => hear(data))
  worker.addEventListener('error', (event) => hear({ told: 'closed', message: event.message || 'the worker could not be started' }))
  opened = undefined
  closed = undefined
  findings = nothing()
  if (setting.model === 'files' && files.length === 0) closed = 'Choose the files of your model: model.json together with its weight files.'
  else if (/^https?:\/\/$/.test(setting.model)) closed = 'Write the address of a model.json.'
  else ask({ ask: 'open', backend: setting.backend, model: setting.model === 'files' ? files : (shortcuts[setting.model] ? new URL(shortcuts[setting.model]!, document.baseURI).href : setting.model) })
  draw()
}

function hear(answer: Answer): void {
  if (isFinding(answer)) {
    if (answer.run === run) add(findings, answer)
  } else if (answer.told === 'closed') closed = answer.message
  else {
    opened = { engine: answer.engine, shape: answer.inputShape as Shape, mflop: answer.mflopPerRow, ...(answer.note !== undefined && { note: answer.note }) }
    void explain()
  }
  draw()
}

async function explain(): Promise<void> {
  if (!opened) return
  const { shape } = opened
  stopped = false
  pictureProblem = undefined
  findings = nothing()
  run++
  const mine = run
  const drawable = shape.join() === '28,28,1'
  if (setting.input === null || !drawable) {
    ownBytes = undefined
    try {
      if (picture) ownBytes = await readPicture(picture, shape)
      else pictureProblem = 'Choose a picture of your own: this network does not read 28 x 28 digits.'
    } catch (error) {
      pictureProblem = messageOf(error)
    }
    if (mine !== run) return
  }
  const bytes = drawable && setting.input !== null ? (typeof setting.input === 'number' ? digitPixels(setting.input) : setting.input) : ownBytes
  input = bytes && fromBytes(bytes, setting.range)
  draw()
  if (!input) return
  const chosen = <T>(names: readonly string[], catalogue: Readonly<Record<string, { readonly use: T }>>): Record<string, T> => Object.fromEntries(names.map((name) => [name, catalogue[name]!.use]))
  const { use, attacks = false } = samplers[setting.sampler]!
  ask({ ask: 'explain', run, work: { input, range: setting.range, methods: chosen(setting.methods, methods), sampler: use(setting.reach), attacks, count: setting.count, scores: chosen(setting.scores, scores) } })
}

function ask(request: Request): void {
  worker?.postMessage(request)
}

/** Shows all that is known; what comes in the meantime is shown by the next round. */
let drawing = false
let again = false
function draw(): void {
  if (drawing) {
    again = true
    return
  }
  drawing = true
  requestAnimationFrame(() => {
    void view().finally(() => {
      drawing = false
      if (again) {
        again = false
        draw()
      }
    })
  })
}

async function view(): Promise<void> {
  show(setting, opened === undefined ? true : opened.shape.join() === '28,28,1')
  at('#status').textContent = statusText()
  const problems = [closed, pictureProblem, opened?.note, ...findings.problems].filter((problem) => problem !== undefined)
  at('#problems').replaceChildren(...problems.map((problem) => element('p', {}, problem.replace(/^[\w]+(?=:)/, (name) => methods[name]?.label ?? name))))
  const ready = opened !== undefined && input !== undefined && closed === undefined
  for (const section of document.querySelectorAll<HTMLElement>('#results section')) section.hidden = !ready
  if (!opened || !input) return
  const shown = { setting, shape: opened.shape, input, range: setting.range, marks, findings }
  at('#prediction > div').replaceChildren(predictionView(findings))
  at('#table > div').replaceChildren(await tableView(shown))
  at('#maps > div').replaceChildren(mapsView(shown))
}

function statusText(): string {
  if (closed !== undefined) return ''
  if (!opened) return 'The network is loaded ...'
  const { done, methods: of } = findings
  const on = `on ${opened.engine}, ${opened.mflop.toFixed(1)} MFLOP a row`
  if (done) return `Done in ${done.seconds.toFixed(1)} s: ${done.rows} rows ${on}.`
  if (stopped) return 'Stopped. A change starts again.'
  return input ? `${of.size} of ${setting.methods.length} methods ${on} ...` : ''
}

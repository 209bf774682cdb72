import { comparisons, methods, samplers, scores, type Choice } from './catalogue.js'
import { digitLabels, digitPixels } from './digits.js'
import { element } from './element.js'
import { Pad } from './pad.js'
import { inputCanvas, type Marks } from './pictures.js'
import { ranges, start, type Backend, type Setting } from './setting.js'

/** What the page does when something is chosen. */
export interface Chosen {
  readonly setting: (change: Partial<Setting>) => void
  readonly marks: (marks: Marks) => void
  readonly files: (files: readonly File[]) => void
  readonly picture: (file: File) => void
  readonly stop: () => void
  readonly share: () => void
}

/** The controls, and how to show a setting in them. */
export function openControls(form: HTMLFormElement, missing: Partial<Record<Backend, string>>, chosen: Chosen): (setting: Setting, drawable: boolean) => void {
  const shown: ((setting: Setting, drawable: boolean) => void)[] = []
  form.addEventListener('submit', (event) => event.preventDefault())

  const canvas = element('canvas', { class: 'pad', width: '336', height: '336', role: 'img', 'aria-label': 'Pad: draw a digit here with the mouse or a finger; or choose one below' })
  const pad = new Pad(canvas, (input) => chosen.setting({ input }))
  const digits = digitLabels.map((label) => {
    const button = element('button', { type: 'button', 'aria-label': `the digit ${label}`, 'aria-pressed': 'false' }, inputCanvas(Float32Array.from(digitPixels(label)), [28, 28, 1], [0, 255], `digit ${label}`))
    button.addEventListener('click', () => chosen.setting({ input: label }))
    return button
  })
  const clear = button('Clear', () => {
    pad.clear()
    chosen.setting({ input: new Uint8Array(784) })
  })
  const drawing = element('div', {}, canvas, element('div', { class: 'digits' }, ...digits), element('div', { class: 'row' }, clear))
  const picture = element('label', { class: 'stacked' }, element('span', {}, 'A picture of your own'), upload('image/*', false, ([file]) => file && chosen.picture(file)))
  form.append(group('Input', drawing, picture))
  shown.push(({ input }, drawable) => {
    drawing.hidden = !drawable
    digits.forEach((digit, label) => digit.setAttribute('aria-pressed', String(input === label)))
    if (drawable && input !== null) pad.show(typeof input === 'number' ? digitPixels(input) : input)
  })

  const model = select(
    'Model',
    [
      ['well', 'a network that reads 99 % right'],
      ['bad', 'the same, stopped at 70 %'],
      ['files', 'my own: files'],
      ['url', 'my own: address'],
    ],
    (value) => {
      if (value === 'url') chosen.setting({ model: url.querySelector('input')!.value || 'https://' })
      else chosen.setting({ model: value })
    },
  )
  const files = element('label', { class: 'stacked' }, element('span', {}, 'model.json and its weight files'), upload('.json,.bin', true, chosen.files))
  const address = element('input', { type: 'url', placeholder: 'https://.../model.json' })
  address.addEventListener('change', () => chosen.setting({ model: address.value }))
  const url = element('label', { class: 'stacked' }, element('span', {}, 'Address of model.json'), address)
  const range = select('Its input values', ranges.map((range) => [range.join(' '), `from ${range[0]} to ${range[1]}`]), (value) => chosen.setting({ range: value.split(' ').map(Number) as [number, number] }))
  form.append(group('Network', model.label, files, url, range.label))
  shown.push(({ model: of, range: values }) => {
    const own = of === 'files' ? 'files' : of === 'well' || of === 'bad' ? of : 'url'
    model.select.value = own
    files.hidden = own !== 'files'
    url.hidden = own !== 'url'
    range.label.hidden = own === 'well' || own === 'bad'
    if (own === 'url') address.value = of
    range.select.value = values.join(' ')
  })

  form.append(checks('Methods', methods, 'methods'))
  const sampler = select('Made by', Object.entries(samplers).map(([name, { label }]) => [name, label]), (name) => chosen.setting({ sampler: name, reach: samplers[name]!.reach.start, count: Math.min(start.count, samplers[name]!.most) }))
  const samplerHint = element('p', { class: 'hint' })
  const reach = slider('', 0, 1, 0.01, (value) => chosen.setting({ reach: value }))
  const count = slider('how many', 1, 64, 1, (value) => chosen.setting({ count: value }))
  form.append(group('Neighbours', sampler.label, samplerHint, reach.control, count.control))
  shown.push((setting) => {
    const { reach: of, hint, most } = samplers[setting.sampler]!
    sampler.select.value = setting.sampler
    samplerHint.textContent = hint
    reach.name.textContent = of.label
    Object.assign(reach.input, { min: String(of.low), max: String(of.high), step: String(of.step) })
    reach.show(setting.reach)
    count.input.max = String(most)
    count.show(setting.count)
  })

  const k = slider('k, strongest pixels', 1, 400, 1, (value) => chosen.setting({ k: value }))
  const w = slider('w, pixels around each', 0, 6, 1, (value) => chosen.setting({ w: value }))
  const marks = select('Marked in the maps', [['top-k', 'the k strongest'], ['diverse', 'k strong ones that stand apart'], ['none', 'nothing']], (value) => chosen.marks(value as Marks))
  form.append(group('Windows of LENS', k.control, w.control, marks.label))
  shown.push((setting) => {
    k.show(setting.k)
    w.show(setting.w)
  })

  form.append(checks('Robustness', comparisons, 'comparisons'), checks('Against the network', scores, 'scores'))
  const backend = select(
    'Computes',
    (['wasm', 'webgl', 'webgpu', 'cpu'] as const).map((name) => [name, `${{ wasm: 'WebAssembly', webgl: 'WebGL', webgpu: 'WebGPU', cpu: 'plain JavaScript (slow)' }[name]}${missing[name] === undefined ? '' : `: ${missing[name]}`}`]),
    (value) => chosen.setting({ backend: value as Backend }),
  )
  for (const option of backend.select.options) option.disabled = missing[option.value as Backend] !== undefined
  shown.push((setting) => { backend.select.value = setting.backend })
  form.append(group('Engine', backend.label), element('div', { class: 'row' }, button('Stop', chosen.stop), button('Copy address', chosen.share)))

  function checks(title: string, catalogue: Readonly<Record<string, Choice>>, field: 'methods' | 'comparisons' | 'scores'): HTMLElement {
    const boxes = Object.entries(catalogue).map(([name, { label, hint }]) => {
      const input = element('input', { type: 'checkbox', value: name })
      input.addEventListener('change', () => chosen.setting({ [field]: boxes.flatMap((box) => (box.input.checked ? [box.name] : [])) }))
      return { name, input, label: element('label', { title: hint }, input, label) }
    })
    shown.push((setting) => {
      for (const { name, input } of boxes) input.checked = setting[field].includes(name)
    })
    return group(title, ...boxes.map(({ label }) => label))
  }
  return (setting, drawable) => {
    for (const show of shown) show(setting, drawable)
  }
}

function group(title: string, ...children: readonly Node[]): HTMLFieldSetElement {
  return element('fieldset', {}, element('legend', {}, title), ...children)
}

function button(text: string, pressed: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button' }, text)
  made.addEventListener('click', pressed)
  return made
}

function select(name: string, options: readonly (readonly [value: string, label: string])[], changed: (value: string) => void): { readonly label: HTMLLabelElement; readonly select: HTMLSelectElement } {
  const made = element('select', {}, ...options.map(([value, label]) => element('option', { value }, label)))
  made.addEventListener('change', () => changed(made.value))
  return { label: element('label', { class: 'stacked' }, element('span', {}, name), made), select: made }
}

let sliders = 0

function slider(name: string, low: number, high: number, step: number, moved: (value: number) => void) {
  const id = `slider-${sliders++}`
  const input = element('input', { id, type: 'range', min: String(low), max: String(high), step: String(step) })
  const value = element('output', { for: id })
  const title = element('label', { for: id }, name)
  input.addEventListener('input', () => {
    value.value = input.value
    moved(Number(input.value))
  })
  const show = (of: number): void => {
    input.value = String(of)
    value.value = String(of)
  }
  return { control: element('div', { class: 'stacked' }, element('span', {}, title, value), input), name: title, input, show }
}

function upload(accept: string, multiple: boolean, taken: (files: readonly File[]) => void): HTMLInputElement {
  const input = element('input', { type: 'file', accept, ...(multiple && { multiple: '' }) })
  input.addEventListener('change', () => taken([...(input.files ?? [])]))
  return input
}

import type { TemplateKind } from './kinds.js'

/** Where a template gets what: its text, and what an author writes in its place. */
export type Fill = Readonly<Record<string, string>>

const formula = (name: string, file: string) => `throw new Error('write the formula: ${name} in src/${file}.ts')`
const summary = { "summary: ''": "summary: 'made for a test'", "citation: ''": "citation: 'nobody, nowhere'" }
const cost = (what: string, file: string) => `cost: () => {\n    throw new Error('write how many model rows ${what} takes: cost in src/${file}.ts')\n  }`
const list = 'const expected: readonly number[] = []'
const none = 'const expected = Number.NaN'

/** What an author writes into the templates of the extension `name`, so that its tests pass. */
export const filled: Readonly<Record<TemplateKind, (name: string) => { readonly source: Fill; readonly test: Fill }>> = {
  // F_y(x) - F_y(x with x_i = 0), which of F_0 = 2 x_0 - x_1 at (3, 4) is (2 * 3, -4).
  attributer: (name) => ({
    source: {
      ...summary,
      'eachRow, stackRows,': 'eachRow, rowAt, sizeOf, stackRows,',
      [formula('mapOf', name)]: `const without = Array.from(input, (_, i) => input.map((value, j) => (j === i ? 0 : value)))
  const outputs = await model.predict(stackRows([input, ...without], model.inputShape))
  return input.map((_, i) => rowAt(outputs, 0)[target]! - rowAt(outputs, i + 1)[target]!)`,
      [cost('a map', name)]: 'cost: (_options, inputShape) => inputShape && { rows: sizeOf(inputShape) + 1 }',
    },
    test: { [list]: 'const expected: readonly number[] = [6, -4]' },
  }),
  // x moves a tenth of the way to the lower end of the range, with every draw further.
  sampler: (name) => ({
    source: {
      ...summary,
      [formula('neighbourOf', name)]: 'return input.map((value) => range.low + (value - range.low) * 0.9 ** (draw + 1))',
      [cost('a neighbour', name)]: 'cost: () => ({ rows: 1 })',
    },
    test: { [list]: 'const expected: readonly number[] = [0.225, 0.45, 0.9]' },
  }),
  // ||a - b||_1 = 3 + 4 + 0.
  comparison: (name) => ({
    source: { ...summary, [formula('valueOf', name)]: 'return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0)' },
    test: { [none]: 'const expected = 7' },
  }),
  // How far the logit falls when the value of most weight is set to 0: F_0(3, 4) - F_0(0, 4) = 2 + 4.
  score: (name) => ({
    source: {
      ...summary,
      'defineExtension, resultOf,': 'argmax, defineExtension, resultOf, rowAt, stackRows,',
      [formula('valueOf', name)]: `const { model, example, target, map, predict } = judged
  const without = example.input.map((value, index) => (index === argmax(map.data) ? 0 : value))
  const outputs = await predict(stackRows([example.input, without], model.inputShape))
  return rowAt(outputs, 0)[target]! - rowAt(outputs, 1)[target]!`,
      [cost('a value', name)]: 'cost: () => ({ rows: 2 })',
    },
    test: { [none]: 'const expected = 6' },
  }),
  dataset: (name) => ({
    source: {
      ...summary,
      [`throw new Error('write how examples are read: readExamples in src/${name}.ts')`]: `return [
    { id: 'dark', input: Float32Array.of(0, 0.25), label: 0 },
    { id: 'bright', input: Float32Array.of(0.75, 1), label: 1 },
  ]`,
      'inputShape: []': 'inputShape: [2]',
    },
    test: { "{ id: '', input: Float32Array.of() }": "{ id: 'dark', input: Float32Array.of(0, 0.25), label: 0 }" },
  }),
  // F(x) = (x_0 - x_1, x_1 - x_0).
  model: (name) => ({
    source: {
      ...summary,
      'const weights = Float32Array.of()': 'const weights = Float32Array.of(1, -1)',
      [`throw new Error('write what the model computes: logitsOf in src/${name}.ts')`]: 'const difference = weights[0]! * input[0]! + weights[1]! * input[1]!\n  return Float32Array.of(difference, -difference)',
    },
    test: { 'const input: readonly number[] = []': 'const input: readonly number[] = [3, 1]', [list]: 'const expected: readonly number[] = [2, -2]' },
  }),
  executor: (name) => ({
    source: {
      "summary: ''": "summary: 'one job after the other'",
      "runsOn: ''": "runsOn: 'this process'",
      [`throw new Error('write where and in which order jobs run: execute in src/${name}.ts')`]: `for (const job of jobs) {
    signal.throwIfAborted()
    yield await work.run(job, signal)
  }`,
    },
    test: { 'const expected: readonly string[] = []': "const expected: readonly string[] = ['a', 'b', 'c']" },
  }),
  chart: (name) => ({
    source: {
      "summary: ''": "summary: 'every score as a tick'",
      'shows: []': "shows: ['fidelity']",
      [`throw new Error('write what is drawn: drawingOf in src/${name}.ts')`]: `const values = rows.flatMap(({ attributer, value }) => (value === null ? [] : [{ attributer, value }]))
  if (values.length === 0) return undefined
  const encoding = { x: { field: 'value', type: 'quantitative' }, y: { field: 'attributer', type: 'nominal' } }
  return { title: 'Every score', description: 'a tick per example', vegaLite: { data: { values }, mark: 'tick', encoding } }`,
    },
    test: { 'const expected: readonly object[] = []': "const expected: readonly object[] = [{ attributer: 'saliency', value: 0.25 }]" },
  }),
}

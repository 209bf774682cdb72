import { defineReferenceFunction, defineReferenceMethod, definePlugin, entryOfRow, Host, type Answer, type Attributer } from '@touchstone/core'
import { expect, test } from 'vitest'
import { parseCases, runCases, type CaseOutcome } from './index.js'

/** x to the model's output less its output at 0, in every value of the map: what a method that needs only predictions can see. */
const rise: Attributer = {
  attribute: async ({ model, inputs, targets }) => {
    const at = async (data: Float32Array) => (await model.predict({ shape: inputs.shape, data })).data[targets[0]!]!
    return { shape: inputs.shape, data: new Float32Array(inputs.data.length).fill((await at(inputs.data)) - (await at(new Float32Array(inputs.data.length)))) }
  },
}

const plugin = definePlugin({
  name: 'third-party',
  extensions: [
    defineReferenceFunction('double', 'twice a number', (params) => [[2 * params.number('of')]]),
    defineReferenceFunction('broken', 'breaks', () => {
      throw new Error('it broke')
    }),
    defineReferenceMethod('rise-together', 'all inputs at once', ({ together }) => together(() => rise)),
    defineReferenceMethod('rise-one-by-one', 'one input at a time', ({ oneByOne }) => oneByOne(() => rise)),
    defineReferenceMethod('largest', "the largest value of another method's maps", async ({ ask, inputs, params }): Promise<Answer> => [[Math.max(...(await ask(params.text('method'), {}, inputs)).flatMap((map) => [...Array.from(map)]))]]),
    defineReferenceMethod('per-row', 'an entry per row', ({ inputs, params }) => Promise.resolve([[0, 1].flatMap((row) => entryOfRow(params.perInput('values', 1)![0]!, row, inputs[0]!, 'values'))])),
  ],
})

/** F(x, y) = [x_0 + 2 x_1 + 3 y, relu(y)]. */
const models = {
  two: {
    inputs: ['x', 'y'],
    nodes: [
      { id: 'weighted', op: 'dense', in: ['x'], kernel: [[1], [2]], bias: [0] },
      { id: 'sum', op: 'linear_combination', in: ['weighted', 'y'], coefs: [1, 3] },
      { id: 'above', op: 'relu', in: ['y'] },
      { id: 'out', op: 'concat', in: ['sum', 'above'] },
    ],
    output: 'out',
  },
}

const on = { model: 'two', inputs: [[[1, 2], [3, -1]], [[10], [-1]]] }

async function ask(...cases: object[]): Promise<readonly CaseOutcome[]> {
  const defaults = { id: 'case', tolerance: { mode: 'max', delta: 1e-6 } }
  await using host = new Host([plugin])
  const outcomes: CaseOutcome[] = []
  for await (const outcome of runCases(parseCases(JSON.stringify({ format: 'attribution-cases/1', models, cases: cases.map((one) => ({ ...defaults, ...one })) }), 'cases.json'), host)) outcomes.push(outcome)
  return outcomes
}

test.each([
  ['a function of parameters', { method: 'double', params: { of: 4 }, expected: [[8]] }],
  ['a target for all rows', { ...on, method: 'rise_together', target: 0, expected: [[[35, 35], [-2, -2]], [[35], [-2]]] }],
  ['a target per row', { ...on, method: 'rise_together', target: [1, 0], expected: [[[10, 10], [-2, -2]], [[10], [-2]]] }],
  ['no target: the sum of outputs', { ...on, method: 'rise_together', target: null, expected: [[[45, 45], [-2, -2]], [[45], [-2]]] }],
  ['one input at a time', { ...on, method: 'rise_one_by_one', target: 0, expected: [[[5, 5], [1, 1]], [[30], [-3]]] }],
  ['one input at a time, the sum of outputs', { ...on, method: 'rise_one_by_one', target: null, expected: [[[5, 5], [1, 1]], [[40], [-3]]] }],
  ['a metric of maps', { ...on, method: 'largest', params: { method: 'rise_together' }, target: 0, expected: [35] }],
  ['outputs', { ...on, method: 'forward', target: null, expected: [[[35, 10], [-2, 0]]] }],
  ['a tolerance of the sum', { method: 'double', params: { of: 4 }, expected: [8.5], tolerance: { mode: 'sum', delta: 0.5 } }],
])('%s', async (_name, one) => {
  expect(await ask(one)).toEqual([{ id: 'case', method: one.method, outcome: 'passed', detail: '' }])
})

test('entries hold for one row each, or for all, and are spread over the row', async () => {
  const input = { model: 'one', inputs: [[[1, 2], [3, 4]]], method: 'per_row', target: null }
  const own = { one: { inputs: ['x'], nodes: [{ id: 'out', op: 'relu', in: ['x'] }], output: 'out' } }
  const run = async (values: unknown, expected: unknown) => {
    await using host = new Host([plugin])
    const file = { format: 'attribution-cases/1', models: own, cases: [{ id: 'case', ...input, params: { values: [values] }, expected: [expected], tolerance: { mode: 'max', delta: 0 } }] }
    for await (const outcome of runCases(parseCases(JSON.stringify(file), 'cases.json'), host)) return outcome
    return undefined
  }
  expect(await run([[5, 6], [7, 8]], [5, 6, 7, 8])).toMatchObject({ outcome: 'passed' })
  expect(await run([[5, 6]], [5, 6, 5, 6])).toMatchObject({ outcome: 'passed' })
  expect(await run([[5], [7]], [5, 5, 7, 7])).toMatchObject({ outcome: 'passed' })
  expect(await run(9, [9, 9, 9, 9])).toMatchObject({ outcome: 'passed' })
  expect(await run([[5, 6], [7, 8], [9, 0]], [5])).toMatchObject({ outcome: 'failed', detail: 'values: expected one entry, or one for each of 2 rows, found 3' })
})

const image = [[[[1, -2], [4, 3]], [[0, 5], [-6, 2]]]]
test.each([
  ['dense', { op: 'dense', kernel: [[1, 0], [2, -1]], bias: null }, [[3, 4]], [11, -4]],
  ['conv2d', { op: 'conv2d', kernel: [[[[1], [10]], [[0], [1]]]], bias: [0.5] }, image, [-15.5, 52.5]],
  ['relu', { op: 'relu' }, [[-1, 2]], [0, 2]],
  ['tanh', { op: 'tanh' }, [[-1, 2]], [Math.tanh(-1), Math.tanh(2)]],
  ['flatten', { op: 'flatten' }, image, [1, -2, 4, 3, 0, 5, -6, 2]],
  ['concat', { op: 'concat', in: ['x', 'x'] }, [[-1, 2]], [-1, 2, -1, 2]],
  ['affine', { op: 'affine', scale: [2, 3], shift: 1 }, [[-1, 2]], [-1, 7]],
  ['linear_combination', { op: 'linear_combination', coefs: [2], const: 3 }, [[-1, 2]], [1, 7]],
  ['max_features', { op: 'max_features' }, [[1, 5, 2], [7, 3, 9]], [5, 9]],
  ['max_features of images', { op: 'max_features' }, image, [1, 4, 5, 2]],
  ['global_max2d', { op: 'global_max2d' }, image, [4, 5]],
])('a model of %s', async (_name, node, x, expected) => {
  await using host = new Host([plugin])
  const own = { one: { inputs: ['x'], nodes: [{ id: 'out', in: ['x'], ...node }], output: 'out' } }
  const file = { format: 'attribution-cases/1', models: own, cases: [{ id: 'case', method: 'forward', model: 'one', inputs: [x], expected: [expected], tolerance: { mode: 'max', delta: 1e-5 } }] }
  for await (const outcome of runCases(parseCases(JSON.stringify(file), 'cases.json'), host)) expect(outcome).toMatchObject({ outcome: 'passed', detail: '' })
})

test.each([
  ['an unknown method', { ...on, method: 'crystal_ball', expected: [] }, 'skipped', 'no installed plugin answers "crystal_ball"'],
  ['another answer', { method: 'double', params: { of: 4 }, expected: [[9]] }, 'failed', 'its largest difference is 1.000, allowed are 0.000001; found [8]'],
  ['not a number', { method: 'double', params: { of: 4 }, expected: [[8, 8]] }, 'failed', 'expected 2 numbers in array 0, found 1'],
  ['a parameter of another type', { method: 'double', params: { of: 'four' }, expected: [[8]] }, 'failed', 'params.of: expected a number, found "four"'],
  ['a parameter nobody reads', { method: 'double', params: { of: 4, twice: true }, expected: [[8]] }, 'failed', 'its parameter twice is not understood'],
  ['a model that is not there', { ...on, model: 'three', method: 'rise_together', expected: [] }, 'failed', 'its model "three" is not in the file'],
  ['a model by the name of what every object has', { ...on, model: 'constructor', method: 'rise_together', expected: [] }, 'failed', 'its model "constructor" is not in the file'],
  ['a target for a row too few', { ...on, method: 'rise_together', target: [1], expected: [] }, 'failed', 'its target should be one index, or one for each of 2 rows, found 1'],
  ['a target that no output has', { ...on, method: 'rise_one_by_one', target: 2, expected: [] }, 'failed', 'its target 2 does not exist: the model has outputs 0 to 1'],
  ['a method that breaks', { method: 'broken', expected: [] }, 'failed', 'a fault of Touchstone or of a plugin: it broke'],
  ['an input too few', { ...on, inputs: [[[1, 2]]], method: 'rise_together', expected: [] }, 'failed', 'its model has 2 inputs (x, y), but the case gives 1'],
])('%s', async (_name, one, outcome, detail) => {
  expect(await ask(one)).toEqual([{ id: 'case', method: one.method, outcome, detail }])
})

test('NaN never passes', async () => {
  const nan = definePlugin({ name: 'nan', extensions: [defineReferenceFunction('nan', 'not a number', () => [[NaN]])] })
  await using host = new Host([nan])
  const file = parseCases(JSON.stringify({ format: 'attribution-cases/1', models: {}, cases: [{ id: 'nan', method: 'nan', expected: [[0]], tolerance: { mode: 'max', delta: 1 } }] }), 'cases.json')
  for await (const { outcome } of runCases(file, host)) expect(outcome).toBe('failed')
})

test.each([
  ['{', 'cases.json: it is not JSON'],
  ['{"format":"attribution-cases/9"}', 'cases.json: at format: expected "attribution-cases/1"'],
  ['{"format":"attribution-cases/1","models":{},"cases":[{"id":"a","method":"b","expected":["c"],"tolerance":{"mode":"max","delta":1}}]}', 'cases.json: at cases.0.expected.0: expected a number, or arrays of numbers'],
])('a file that is not in the format: %s', (text, message) => {
  expect(() => parseCases(text, 'cases.json')).toThrow(message)
})

test.each([
  [{ op: 'lstm' }, 'the op "lstm" is not known'],
  [{ op: 'linear_combination' }, 'its "coefs" should be a list of numbers'],
  [{ op: 'conv2d', kernel: 1, strides: 'two' }, 'its "strides" should be a list of numbers'],
  [{ op: 'max_pool2d', size: [2] }, 'its "size" should be two numbers, for height and width'],
  [{ op: 'avg_pool2d', padding: 7 }, 'its "padding" should be "same" or "valid"'],
])('a node that is not understood is named: %j', async (node, detail) => {
  await using host = new Host([plugin])
  const file = parseCases(JSON.stringify({ format: 'attribution-cases/1', models: { odd: { inputs: ['x'], nodes: [{ id: 'out', in: ['x'], ...node }], output: 'out' } }, cases: [{ id: 'a', method: 'forward', model: 'odd', inputs: [[[1]]], expected: [], tolerance: { mode: 'max', delta: 1 } }] }), 'cases.json')
  for await (const outcome of runCases(file, host)) expect(outcome).toMatchObject({ outcome: 'failed', detail: `node "out": ${detail}` })
})

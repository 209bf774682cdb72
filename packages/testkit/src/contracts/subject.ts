import { argmax, createMemo, createRandomness, eachRow, sizeOf, stackRows, type Attributer, type Dataset, type Model, type Rows, type SamplerContext, type ScoreContext } from '@touchstone/core'

/** `count` rows of random values in [0, 1]. */
export function randomRows(count: number, shape: readonly number[], seed = 5): Rows {
  return { shape: [count, ...shape], data: Float32Array.from(createRandomness(seed, 'inputs').uniforms('input', 0, count * sizeOf(shape))) }
}

/** 20 random examples, for what compares with data. */
export function randomDataset({ inputShape, classCount }: Model): Dataset {
  const rows = eachRow(randomRows(20, inputShape, 6))
  return { inputShape, size: rows.length, range: { low: 0, high: 1 }, fingerprint: 'random examples', example: (index) => Promise.resolve({ id: String(index), input: rows[index]!, label: index % classCount }) }
}

/** A random input of a model, as samplers and scores meet it. */
export async function subjectOf(model: Model, attributer?: Attributer, batchRows = 64): Promise<SamplerContext> {
  const memo = createMemo<unknown>()
  const example = { id: 'subject', input: eachRow(randomRows(1, model.inputShape))[0]! }
  const outputs = (await model.predict(stackRows([example.input], model.inputShape))).data
  return {
    model,
    example,
    outputs,
    target: argmax(outputs),
    dataset: randomDataset(model),
    randomness: createRandomness(5, example.id),
    batchRows,
    kept: <T>({ key }: { readonly key: symbol }, inner: string, compute: () => Promise<T>) => memo(outputs, `${String(key)} ${inner}`, compute) as Promise<T>,
    ...(attributer && { attributer }),
  }
}

/** The subject with a map by a method, as a score meets it. */
export async function judged(model: Model, attributer: Attributer, batchRows = 64, signal?: AbortSignal): Promise<ScoreContext> {
  const subject = { ...(await subjectOf(model, undefined, batchRows)), ...(signal && { signal }) }
  const { example, target, randomness, dataset, kept } = subject
  const shape = model.inputShape
  const attribute = async (by: Model, inputs: readonly Float32Array[]) => {
    const same = <T>(value: T): T[] => inputs.map(() => value)
    const maps = await attributer.attribute({ model: by, inputs: stackRows(inputs, shape), targets: same(target), randomness: same(randomness), batchRows, reference: dataset })
    return eachRow(maps).map((data) => ({ shape, data }))
  }
  return {
    ...subject,
    map: (await attribute(model, [example.input]))[0]!,
    predict: model.predict,
    maps: (inputs) => attribute(model, inputs),
    mapsOf: attribute,
    neighbours: (sampler, count) => sampler.sample({ ...subject, attributer }, count),
    shared: kept,
  }
}

import { option } from '../options.js'
import { schemaOf } from '../schema.js'

const isTopCount = (value: unknown): value is number => typeof value === 'number' && value > 0 && (value < 1 || Number.isSafeInteger(value))

/**
 * The option `k` of every comparison of the largest features. A share of n features means round(share * n) of them, at least 1.
 *
 * The default is a tenth of the features, since a share means the same for images of any size. It is close to what the papers count on small
 * images: 100 of 784 (MNIST) and of 1024 (GTSRB). For large ones they take less: 1000 of 16,384 (Flower) and of 51,529 (ImageNet).
 */
export const topCountOption = option<number>(schemaOf(isTopCount, 'expected a whole number of features from 1, or a share of them between 0 and 1'), {
  summary: 'how many of the largest features count: a whole number, or a share in (0, 1) of them all',
  default: 0.1,
  unit: 'features, or share of the features',
})

/** How many of `count` features `k` means. */
export function topCountOf(k: number, count: number): number {
  return k < 1 ? Math.max(1, Math.round(k * count)) : k
}

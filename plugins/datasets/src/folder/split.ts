/**
 * The part of the dataset that a file belongs to, by its content alone: test where the first 48 bits of its SHA-256, as a share of 2^48, lie below `testShare`. So other
 * files, names and orders move nothing, and copies of a picture never stand on both sides.
 */
export function splitOf(sha256: string, testShare: number): 'train' | 'test' {
  return Number.parseInt(sha256.slice(0, 12), 16) / 2 ** 48 < testShare ? 'test' : 'train'
}

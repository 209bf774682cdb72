import digits from 'virtual:digits'

export const digitLabels: readonly number[] = digits.map((_, label) => label)

/** The pixels of a shipped digit, 28 x 28 bytes. */
export const digitPixels = (label: number): Uint8Array => Uint8Array.from(atob(digits[label]!), (character) => character.charCodeAt(0))

/** Bytes as input values between the ends of a range. */
export const fromBytes = (bytes: ArrayLike<number>, [low, high]: readonly [number, number]): Float32Array => Float32Array.from(bytes, (byte) => low + (byte / 255) * (high - low))

export const digitInput = (label: number, range: readonly [number, number]): Float32Array => fromBytes(digitPixels(label), range)

import { kendallTauB, overlap, spearman, type MapSize } from '@touchstone/core'
import { countNear } from './neighbourhood.js'
import type { Plane } from './plane.js'
import type { Selections } from './selections.js'
import { smooth } from './smooth.js'

/** |S n T| / k. */
export const intersection = ({ first, second, k }: Selections): number => overlap(first, second) / k

/** |N_w(S) n T| / k: the share of the second map's pixels that lie near one of the first's. */
export const recall = ({ first, second, k }: Selections, size: MapSize, w: number): number => countNear(size, first, second, w) / k

/** |S n N_w(T)| / k: the share of the first map's pixels that lie near one of the second's. */
export const precision = ({ first, second, k }: Selections, size: MapSize, w: number): number => countNear(size, second, first, w) / k

/** d_k^(w) = |S \ N_w(T)| / k + |T \ N_w(S)| / k: what recall and precision miss, in [0, 2]. */
export const distance = (selections: Selections, size: MapSize, w: number): number => 2 - recall(selections, size, w) - precision(selections, size, w)

/** Spearman's rho of the w-smoothed maps. */
export const smoothedSpearman = (a: Plane, b: Plane, w: number): number => spearman(smooth(a, w), smooth(b, w))

/** Kendall's tau-b of the w-smoothed maps. */
export const smoothedKendall = (a: Plane, b: Plane, w: number): number => kendallTauB(smooth(a, w), smooth(b, w))

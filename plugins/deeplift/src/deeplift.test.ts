import { describeAttributer } from '@touchstone/testkit'
import { describe } from 'vitest'
import plugin from './index.js'

describeAttributer(plugin, 'deeplift')
describe('with several baselines', () => describeAttributer(plugin, 'deeplift', { rule: 'reveal-cancel', baseline: { average: [0.5, 'mean'] } }))

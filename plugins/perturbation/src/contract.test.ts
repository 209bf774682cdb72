import { describeAttributer } from '@touchstone/testkit'
import plugin from './index.js'

// 8x8x2 inputs.
describeAttributer(plugin, 'occlusion', { window: 3, stride: 2, baseline: 0.5 })
describeAttributer(plugin, 'feature-ablation')
describeAttributer(plugin, 'shapley-sampling', { features: 'pixels', permutations: 2 })
describeAttributer(plugin, 'shapley-exact', { features: { blocks: 4 } })
describeAttributer(plugin, 'kernel-shap', { features: { blocks: 2 }, coalitions: 64 })
describeAttributer(plugin, 'random')

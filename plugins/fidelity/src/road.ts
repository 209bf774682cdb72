import { argmax, breathe, defineExtension, descending, mean, option, resultOf, undefinedResult, UserError, type Model } from '@touchstone/core'
import * as z from 'zod/mini'
import { impute } from './imputation.js'
import { eachOutput } from './outputs.js'
import { perUnit, rankingFault } from './units.js'

const percentage = z.number('expected numbers above 0 and below 100').check(z.gt(0, 'expected more than 0'), z.lt(100, 'expected less than 100'))

/**
 * ROAD, remove and debias: the share of `percentages` p at which the model still gives the target's class when the p % of pixels of the largest attributions
 * are replaced by noisy linear imputation; in [0, 1], lower is better. The curve holds 1 or 0 at each p; its mean over examples is the accuracy that the
 * authors plot. Pixels are replaced with all their channels, floor(p / 100 pixels) of them.
 *
 * Imputed pixels are blended into what is around them, so that the mask itself tells the model little. To each value Gaussian noise is added that follows
 * from the example. One row per percentage, for each method. Undefined for a constant map.
 *
 * Source: Rong, Leemann, Borisov, Kasneci, Kasneci, "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022.
 *
 * @throws UserError where inputs are no images.
 */
export const road = defineExtension({
  kind: 'score',
  name: 'road',
  summary: 'How often the class stays when the pixels of the largest attributions are replaced by noisy linear imputation',
  citation: 'Rong, Leemann, Borisov, Kasneci, Kasneci, "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022',
  traits: { direction: 'lower', judges: 'faithfulness', curve: { x: 'share of pixels taken away, in per cent', y: 'share still classified the same' } },
  options: {
    percentages: option(z.array(percentage).check(z.minLength(1, 'expected at least one'), z.maxLength(1000, 'expected at most 1000')), { summary: 'how many pixels are replaced', default: [10, 20, 30, 40, 50, 60, 70, 80, 90], unit: '%' }),
    noise: option(z.number('expected a number').check(z.gte(0, 'expected at least 0')), { summary: 'the standard deviation of the noise that is added to imputed values', default: 0.01, unit: 'input values' }),
  },
  cost: ({ percentages }) => ({ rows: percentages.length }),
  create: ({ percentages, noise }) => ({
    direction: 'lower',
    fits: checkImages,
    score: async (context) => {
      const { model, example, map, target, randomness, signal } = context
      const [height, width, channels] = model.inputShape
      checkImages(model)
      const attributions = perUnit(map, 'pixel')
      const fault = rankingFault(attributions)
      if (fault !== undefined) return undefinedResult(fault)
      const order = descending(attributions)
      const normals = randomness.normals('@touchstone/fidelity imputation', 0, example.input.length)
      const imputed: Float32Array[] = []
      for (const percent of percentages) {
        await breathe(signal)
        const missing = order.slice(0, Math.floor((order.length * percent) / 100))
        const image = impute(example.input, missing, { height: height!, width: width!, channels: channels! })
        for (const pixel of missing) for (let index = pixel * channels!; index < (pixel + 1) * channels!; index++) image[index]! += noise * normals[index]!
        imputed.push(image)
      }
      const y = percentages.map(() => 0)
      await eachOutput(
        context,
        imputed.length,
        (x, index) => x.set(imputed[index]!),
        (outputs, index) => (y[index] = argmax(outputs) === target ? 1 : 0),
      )
      return resultOf(mean(y), { curve: { x: percentages, y } })
    },
  }),
})

function checkImages({ inputShape }: Model): void {
  if (inputShape.length !== 3) throw new UserError(`road: it imputes pixels of images, but inputs have shape [${inputShape.join(', ')}]: use "deletion"`)
}

import { definePreset } from '@touchstone/core'

const citation = 'Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad: removing noise by adding noise", 2017'

/** As the paper recommends: the mean of 50 gradients, signed, with noise of 15 % of the input's range. */
export const smoothgradPaper = definePreset({
  kind: 'attributer',
  name: 'smoothgrad-paper',
  summary: 'SmoothGrad as in the paper: mean of 50 gradients, noise of 0.15 of the range of the input',
  citation,
  use: 'smoothgrad',
  options: { attributer: 'gradient', variant: 'mean', samples: 50, sd: 0.15, relativeTo: 'range' },
})

/** As Captum's `NoiseTunnel(Saliency(model))` does unless told: the mean of 5 absolute gradients, with noise of 1 in units of the values. */
export const smoothgradCaptum = definePreset({
  kind: 'attributer',
  name: 'smoothgrad-captum',
  summary: "SmoothGrad by Captum's defaults: mean of 5 absolute gradients, noise of 1 in units of the input values",
  citation: `${citation}; Kokhlikyan et al., "Captum: a unified and generic model interpretability library for PyTorch", 2020 (NoiseTunnel over Saliency)`,
  use: 'smoothgrad',
  options: { attributer: 'saliency', variant: 'mean', samples: 5, sd: 1, relativeTo: 'none' },
})

/** As the authors' PAIR-code/saliency does unless told: the mean of 25 squared gradients, with noise of 15 % of the input's range. */
export const smoothgradPair = definePreset({
  kind: 'attributer',
  name: 'smoothgrad-pair',
  summary: 'SmoothGrad by the defaults of PAIR-code/saliency: mean of 25 squared gradients, noise of 0.15 of the range of the input',
  citation: `${citation}; PAIR-code/saliency, GetSmoothedMask with magnitude=True`,
  use: 'smoothgrad',
  options: { attributer: 'gradient', variant: 'squared', samples: 25, sd: 0.15, relativeTo: 'range' },
})

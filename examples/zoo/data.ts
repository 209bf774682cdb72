import { join } from 'node:path'

/** The data sets of both papers, as references of a config, in the folders that prepare.ts makes. */
export function dataIn(folder: string) {
  const place = (name: string): string => join(folder, name)
  const pictures = (options: object) => ({ use: 'image-folder', options: { order: 'hash', ...options } })
  return {
    mnist: (split: Split) => ({ use: 'mnist', options: { split } }),
    'fashion-mnist': (split: Split) => ({ use: 'fashion-mnist', options: { split, folder: place('fashion-mnist') } }),
    /** Written out again as JPEG, which loses detail. */
    cifar10: (split: Split) => pictures({ folder: join(place('cifar10-jpeg'), split) }),
    /** 43 classes; the training folders are told by number, the test pictures by labels.csv. */
    gtsrb: (split: Split) => pictures({ folder: join(place('gtsrb-32'), split) }),
    /** 17 classes, a fifth of the pictures to test, by their bytes. */
    flower: (split: Split) => pictures({ folder: place('flower17-128'), split }),
    /** Covid-19, no findings, pneumonia; a fifth to test, by their bytes. */
    radiographs: (split: Split) => pictures({ folder: place('chest-xray-224'), split, colour: 'grey' }),
    /** The same with three equal channels, for networks of colour pictures. */
    'colour-radiographs': (split: Split) => pictures({ folder: place('chest-xray-224'), split, colour: 'to-rgb' }),
    /** 100 pictures, one of every tenth class, with values as EfficientNet-Lite takes them: (value - 127) / 128. None are to train by. */
    imagenet: () => pictures({ folder: place('imagenet'), crop: 224, range: [-127 / 128, 1] }),
  } as const
}

export type Split = 'train' | 'test'
export type DataName = keyof ReturnType<typeof dataIn>

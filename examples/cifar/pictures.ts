/** CIFAR-10 as pictures in `train/<class>` and `test/<class>` of the folder that CIFAR10_PICTURES names, or of ./pictures. */
export const pictures = (split: 'train' | 'test', order: 'path' | 'hash' = 'path') => ({ use: 'image-folder', options: { folder: `${process.env.CIFAR10_PICTURES ?? 'pictures'}/${split}`, order } })

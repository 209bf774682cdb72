/** Larger files are not decoded: no picture that fits a classifier is as large. */
const mostBytes = 40 * 2 ** 20

/**
 * A picture of the user's own as bytes of the model's shape: cut to the shape's proportions and scaled, grey where the model has one channel.
 * @throws Error for what is no picture, or too large.
 */
export async function readPicture(file: File, [height, width, channels]: readonly [number, number, number]): Promise<Uint8Array> {
  if (file.size > mostBytes) throw new Error(`${file.name} has ${Math.round(file.size / 2 ** 20)} MiB; at most ${mostBytes / 2 ** 20} are read: save it smaller`)
  const picture = await createImageBitmap(file).catch(() => {
    throw new Error(`${file.name} cannot be read as a picture: choose a PNG, JPEG or WebP`)
  })
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')!
  context.imageSmoothingQuality = 'high'
  const part = Math.min(picture.width / width, picture.height / height)
  context.drawImage(picture, (picture.width - part * width) / 2, (picture.height - part * height) / 2, part * width, part * height, 0, 0, width, height)
  picture.close()
  const { data } = context.getImageData(0, 0, width, height)
  return Uint8Array.from({ length: height * width * channels }, (_, at) => {
    const pixel = 4 * Math.floor(at / channels)
    return channels === 3 ? data[pixel + (at % 3)]! : Math.round(0.299 * data[pixel]! + 0.587 * data[pixel + 1]! + 0.114 * data[pixel + 2]!)
  })
}

const size = 28

/** A pad to draw digits on: white on black, 28 x 28. */
export class Pad {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #changed: (pixels: Uint8Array) => void
  /** How fine the pad is against the digit. */
  readonly #scale: number
  #last: readonly [number, number] | undefined

  constructor(canvas: HTMLCanvasElement, changed: (pixels: Uint8Array) => void) {
    this.#canvas = canvas
    this.#context = canvas.getContext('2d', { willReadFrequently: true })!
    this.#changed = changed
    this.#scale = canvas.width / size
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId)
      this.#last = undefined
      this.#stroke(event)
    })
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) this.#stroke(event)
    })
    canvas.addEventListener('pointerup', () => this.#changed(this.#read()))
    this.clear()
  }

  clear(): void {
    this.#context.fillStyle = '#000'
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height)
  }

  show(pixels: Uint8Array): void {
    const image = new ImageData(Uint8ClampedArray.from({ length: 4 * size * size }, (_, at) => (at % 4 === 3 ? 255 : pixels[at >> 2]!)), size, size)
    const small = new OffscreenCanvas(size, size)
    small.getContext('2d')!.putImageData(image, 0, 0)
    this.#context.imageSmoothingEnabled = false
    this.#context.drawImage(small, 0, 0, this.#canvas.width, this.#canvas.height)
  }

  #stroke({ offsetX, offsetY }: PointerEvent): void {
    const ratio = this.#canvas.width / this.#canvas.clientWidth
    const at = [offsetX * ratio, offsetY * ratio] as const
    const [fromX, fromY] = this.#last ?? at
    const context = this.#context
    context.strokeStyle = '#fff'
    context.lineCap = 'round'
    context.lineJoin = 'round'
    context.lineWidth = 2.4 * this.#scale
    context.beginPath()
    context.moveTo(fromX, fromY)
    context.lineTo(...at)
    context.stroke()
    this.#last = at
  }

  #read(): Uint8Array {
    const small = new OffscreenCanvas(size, size)
    const context = small.getContext('2d')!
    context.imageSmoothingQuality = 'high'
    context.drawImage(this.#canvas, 0, 0, size, size)
    const { data } = context.getImageData(0, 0, size, size)
    return Uint8Array.from({ length: size * size }, (_, at) => data[4 * at]!)
  }
}

/**
 * What a report does when it is used: tables sort, the configuration can be copied, maps take another scale. It runs in the reader's browser as the text of
 * this function, so it may use nothing from outside of it; without it the page shows the same, unsorted.
 */
export function pageScript(): void {
  /** Sorts by a column: first the best of it, then the other way round. What has no value stays last. */
  const sort = (button: HTMLButtonElement): void => {
    const head = button.closest('th')!
    const body = button.closest('table')!.tBodies[0]!
    const kind = button.dataset.sort!
    const first = kind === 'higher' ? 'descending' : 'ascending'
    const now = head.getAttribute('aria-sort') === first ? (first === 'ascending' ? 'descending' : 'ascending') : first
    for (const other of head.parentElement!.children) other.setAttribute('aria-sort', 'none')
    head.setAttribute('aria-sort', now)
    const sign = now === 'ascending' ? 1 : -1
    const valueOf = (row: HTMLTableRowElement): number | string | undefined => {
      const cell = row.cells[head.cellIndex]!
      if (kind === 'text') return cell.textContent
      return cell.dataset.value === undefined || cell.dataset.value === '' ? undefined : Number(cell.dataset.value)
    }
    const compare = (a: HTMLTableRowElement, b: HTMLTableRowElement): number => {
      const [first, second] = [valueOf(a), valueOf(b)]
      if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined)
      return sign * (typeof first === 'string' ? first.localeCompare(second as string) : first - (second as number)) || Number(a.dataset.place) - Number(b.dataset.place)
    }
    body.append(...[...body.rows].sort(compare))
  }

  const copy = async (button: HTMLButtonElement): Promise<void> => {
    const text = document.getElementById(button.dataset.copy!)!
    try {
      await navigator.clipboard.writeText(text.textContent)
      button.textContent = 'Copied'
    } catch {
      // Where the browser does not let a page write, the text is marked: Ctrl-C takes it.
      getSelection()!.selectAllChildren(text)
      button.textContent = 'Marked: press Ctrl-C'
    }
  }

  /** Where each value of a map stands on the scale, -127 to 127; 128 where it is not finite. */
  const stepsOf = (image: HTMLImageElement, palette: readonly string[]): Int16Array => {
    const place = new Map(palette.map((colour, index) => [colour, index]))
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth
    canvas.height = image.naturalHeight
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    return Int16Array.from({ length: data.length / 4 }, (_, pixel) => place.get(`${data[4 * pixel]!},${data[4 * pixel + 1]!},${data[4 * pixel + 2]!}`)! - 127)
  }

  const draw = (image: HTMLImageElement, steps: Int16Array, gain: number, palette: readonly string[], width: number, height: number): void => {
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d')!
    const pixels = context.createImageData(width, height)
    steps.forEach((step, pixel) => {
      const index = step > 127 ? 255 : 127 + Math.max(-127, Math.min(127, Math.round(step * gain)))
      const [red, green, blue] = palette[index]!.split(',').map(Number)
      pixels.data.set([red!, green!, blue!, 255], 4 * pixel)
    })
    context.putImageData(pixels, 0, 0)
    image.src = canvas.toDataURL()
  }

  const number = (value: number): string => {
    if (value === 0) return '0'
    const size = Math.floor(Math.log10(value))
    return size < -4 || size >= 6 ? value.toExponential(2) : value.toFixed(Math.max(0, 2 - size))
  }

  /** Gives every map the scale that was chosen, and every colour bar its numbers. */
  const scaleMaps = (choice: string, palette: readonly string[]): void => {
    const images = [...document.querySelectorAll<HTMLImageElement>('img[data-limit]')]
    const shared = new Map<string, number>()
    for (const { dataset } of images) shared.set(dataset.method!, Math.max(shared.get(dataset.method!) ?? 0, Number(dataset.limit)))
    for (const image of images) {
      const { limit, high, method } = image.dataset
      const own = Number(limit)
      const end = choice === 'method' ? shared.get(method!)! : choice === 'percentile' ? Number(high) || own : own
      const steps = (known.get(image) ?? known.set(image, stepsOf(image, palette)).get(image))!
      draw(image, steps, end === 0 ? 1 : own / end, palette, image.naturalWidth, image.naturalHeight)
      const ends = image.closest('figure')!.querySelectorAll('.ends span')
      if (own > 0) {
        ends[0]!.textContent = `−${number(end)}`
        ends[2]!.textContent = `+${number(end)}`
      }
    }
  }
  const known = new Map<HTMLImageElement, Int16Array>()
  const palette = document.body.dataset.palette?.split(' ') ?? []

  // Pages of many maps hold bare numbers, a letter for each, which are drawn here.
  for (const image of document.querySelectorAll<HTMLImageElement>('img[data-steps]')) {
    const bytes = atob(image.dataset.steps!)
    const steps = Int16Array.from(bytes, (letter) => letter.charCodeAt(0) - 127)
    known.set(image, steps)
    const width = Number(image.dataset.columns)
    draw(image, steps, 1, palette, width, steps.length / width)
  }

  document.documentElement.classList.add('scripted')
  document.addEventListener('click', ({ target }) => {
    const button = (target as Element).closest('button')
    if (button?.dataset.sort !== undefined) sort(button)
    if (button?.dataset.copy !== undefined) void copy(button)
  })
  document.addEventListener('change', ({ target }) => {
    const input = target as HTMLInputElement
    if (input.name === 'scale') scaleMaps(input.value, palette)
  })
}

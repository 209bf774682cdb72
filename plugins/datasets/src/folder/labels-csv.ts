import { UserError } from '@touchstone/core'

/** A line of labels.csv. */
export interface LabelledFile {
  readonly file: string
  readonly label: string
  readonly line: number
}

const fileColumns = ['file', 'filename', 'path', 'image']
const labelColumns = ['label', 'class', 'classid']

/**
 * Reads labels.csv: a first line with the names of the columns, then a file and its label per line. The file's column is called file, filename, path or image, the label's
 * label, class or classid, in any case; others are passed over. Between columns stands a comma, a semicolon or a tab; a value may stand in double quotes.
 * @param what names the file in messages.
 * @throws UserError with the line, for a file that stands twice, for one that leads out of the folder, and for what cannot be read.
 */
export function readLabelsCsv(text: string, what: string): readonly LabelledFile[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const separator = [';', '\t', ','].find((one) => lines[0]!.includes(one)) ?? ','
  const columns = cells(lines[0]!, separator).map((name) => name.toLowerCase())
  const [fileAt, labelAt] = [fileColumns, labelColumns].map((names) => columns.findIndex((name) => names.includes(name)))
  if (fileAt === undefined || labelAt === undefined || fileAt < 0 || labelAt < 0) {
    throw new UserError(`${what}, line 1: expected the columns file (or ${fileColumns.slice(1).join(', ')}) and label (or ${labelColumns.slice(1).join(', ')}), found ${columns.map((name) => `"${name}"`).join(', ')}: name the columns in the first line`)
  }
  const known = new Map<string, LabelledFile>()
  for (const [index, text] of lines.entries()) {
    if (index === 0 || text.trim() === '') continue
    const line = index + 1
    const values = cells(text, separator)
    const [named, label] = [values[fileAt], values[labelAt]]
    if (!named || !label) throw new UserError(`${what}, line ${line}: expected a file and its label, found "${text}": complete or remove the line`)
    const file = named.replaceAll('\\', '/').replace(/^(\.\/)+/, '')
    if (file.startsWith('/') || /^[a-z]:/i.test(file) || file.split('/').includes('..')) throw new UserError(`${what}, line ${line}: expected a path inside the folder, found "${named}": give it from the folder of labels.csv on`)
    const other = known.get(file)
    if (other) throw new UserError(`${what}, line ${line}: expected each file once, found "${file}" with label "${label}", and in line ${other.line} with "${other.label}": keep one of the two`)
    known.set(file, { file, label, line })
  }
  if (known.size === 0) throw new UserError(`${what}: expected a line per file, found none but the first: add the files and their labels`)
  return [...known.values()]
}

/** The values of a line; a doubled quote in quotes is one. */
function cells(line: string, separator: string): string[] {
  const values: string[] = []
  let [value, quoted] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!
    if (character === '"') {
      if (quoted && line[i + 1] === '"') value += line[++i]!
      else quoted = !quoted
    } else if (character === separator && !quoted) {
      values.push(value.trim())
      value = ''
    } else value += character
  }
  return [...values, value.trim()]
}

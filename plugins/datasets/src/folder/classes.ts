import { UserError } from '@touchstone/core'
import type { ListedPicture } from './list-examples.js'

/**
 * The classes' names by index. Those that the user gives; or else, where all labels are whole numbers, these numbers are the indices, from 0 to the largest; or else
 * the labels in order of their characters, as torchvision and Keras take folders.
 * @throws UserError where the user's names and the labels differ.
 */
export function classesOf(pictures: readonly ListedPicture[], given: readonly string[] | undefined, folder: string): readonly string[] | undefined {
  const labels = [...new Set(pictures.flatMap(({ label }) => label ?? []))].sort((a, b) => (a < b ? -1 : 1))
  if (given) {
    const unknown = labels.find((label) => !given.includes(label))
    const empty = given.find((name) => !labels.includes(name))
    if (unknown !== undefined) throw new UserError(`${folder}: expected the classes of options.classes, found "${unknown}" too: add it there, or remove its pictures`)
    if (empty !== undefined) throw new UserError(`${folder}: expected pictures of every class of options.classes, found none of "${empty}": add some, or remove it from options.classes`)
    return given
  }
  if (labels.length === 0) return undefined
  if (!labels.every((label) => /^\d{1,6}$/.test(label))) return labels
  const numbers = labels.map(Number)
  if (new Set(numbers).size < numbers.length) throw new UserError(`${folder}: expected each class once, found numbers written in two ways, such as 1 and 01: rename them, or set options.classes`)
  return Array.from({ length: Math.max(...numbers) + 1 }, (_, index) => labels[numbers.indexOf(index)] ?? String(index))
}

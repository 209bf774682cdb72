import { messageOf, UserError, type FileReader } from '@touchstone/core'

/** The files of a model, on disk or on the web. */
export interface Files {
  /** Whether they are of this machine. */
  readonly isLocal: boolean
  /** Where `model.json` is. */
  readonly file: string
  /** Where a file named in it is. @throws UserError for one outside its folder. */
  readonly inside: (path: string) => string
  /** @throws UserError for what cannot be read. */
  readonly read: (place: string) => Promise<Uint8Array>
}

/** Whether a place is a URL on the web. */
const isUrl = (place: string): boolean => /^https?:\/\//i.test(place)

/**
 * @param place `model.json` or the folder that holds it: a path, which only Node can read, or a URL of http or https.
 * @param reader reads files of this machine, where threads share them.
 */
export function openFiles(place: string, reader?: FileReader): Promise<Files> {
  return isUrl(place) ? Promise.resolve(onWeb(place)) : onDisk(place, reader)
}

function onWeb(place: string): Files {
  const given = new URL(place)
  if (!given.pathname.endsWith('.json')) given.pathname = `${given.pathname.replace(/\/$/, '')}/model.json`
  const folder = new URL('.', given)
  return {
    isLocal: false,
    file: given.href,
    inside: (path) => {
      const url = new URL(path, folder)
      // A query, as in a signed URL, belongs to all files.
      if (!url.href.startsWith(folder.href)) throw new UserError(`${given.href}: weight file "${path}" lies outside the model's folder`)
      url.search = given.search
      return url.href
    },
    read: async (url) => {
      try {
        const response = await fetch(url)
        if (!response.ok) throw new Error(response.status === 404 ? 'there is no such file' : `the server answers ${response.status} ${response.statusText}`.trim())
        return new Uint8Array(await response.arrayBuffer())
      } catch (error) {
        throw new UserError(`cannot read ${url}: ${messageOf(error)}`)
      }
    },
  }
}

async function onDisk(place: string, reader: FileReader | undefined): Promise<Files> {
  // Loaded here, so that the rest of the plugin also runs in a browser.
  const { readFile, stat } = await import('node:fs/promises')
  const { default: nodePath } = await import('node:path')
  const isFolder = await stat(place).then((found) => found.isDirectory(), () => false)
  const file = isFolder ? nodePath.join(place, 'model.json') : place
  const folder = nodePath.dirname(file)
  return {
    isLocal: true,
    file,
    inside: (path) => {
      const inside = nodePath.relative(folder, nodePath.join(folder, path))
      if (nodePath.isAbsolute(path) || inside.startsWith('..')) throw new UserError(`${file}: weight file "${path}" lies outside the model's folder`)
      return nodePath.join(folder, path)
    },
    read: async (at) => {
      try {
        return await (reader?.read(at) ?? readFile(at))
      } catch (error) {
        throw new UserError(`cannot read ${at}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(error)}`)
      }
    },
  }
}

/** A place as written in a config: a URL as it is, a path relative to the config's folder; in a browser relative to the page. */
export async function resolvePlace(base: string, place: string): Promise<string> {
  if (isUrl(place)) return place
  const page = (globalThis as { readonly location?: { readonly href: string } }).location
  if (page) return new URL(place, page.href).href
  const { default: nodePath } = await import('node:path')
  return nodePath.resolve(base, place)
}

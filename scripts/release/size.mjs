// How many bytes a browser loads. The limits stand in .size-limit.mjs.
import { run, Unfit } from './tools.mjs'

export async function size() {
  const { out } = await run('size-limit', ['--json']).catch((error) => {
    throw new Unfit(`larger than .size-limit.mjs allows, or it could not be bundled:\n${error.message}`)
  })
  return JSON.parse(out).map(({ name, size: bytes, sizeLimit }) => `${name} ${(bytes / 1000).toFixed(1)} kB of at most ${sizeLimit / 1000}`).join(', ')
}

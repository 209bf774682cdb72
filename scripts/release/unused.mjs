// Files, exports and dependencies that nobody uses. What is used in ways that cannot be seen stands in knip.jsonc.
import { run, Unfit } from './tools.mjs'

export async function unused() {
  await run('knip', ['--no-progress', '--no-config-hints']).catch((error) => {
    throw new Unfit(`knip finds something that nobody uses:\n${error.message}`)
  })
  return 'knip finds nothing that nobody uses'
}

import { workerData } from 'piscina'
import { openWork, type OpenWork } from '../open-work.js'
import { failureOf, type Answer, type Message, type Task } from './messages.js'

/** One engine per thread, opened with the first job. */
let opening: Promise<OpenWork> | undefined

/** Does one job in this thread. */
export default async function work({ job, port }: Task): Promise<Answer> {
  const tell = (message: Message): void => port.postMessage(message)
  const stop = new AbortController()
  port.once('message', () => stop.abort(new DOMException('stopped', 'AbortError')))
  try {
    opening ??= openWork((workerData as { readonly order: Uint8Array }).order, { info: () => undefined, warn: (warning) => tell({ warning }) })
    const report = await (await opening).run(job, stop.signal, (progress) => tell({ progress }))
    return { report }
  } catch (error) {
    return { failure: failureOf(error) }
  } finally {
    port.close()
  }
}

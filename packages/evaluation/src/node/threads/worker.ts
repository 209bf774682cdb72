import type { FileReader } from '@touchstone/core'
import { workerData } from 'piscina'
import { openWork, type OpenWork } from '../open-work.js'
import { createSharedFiles } from '../shared-files.js'
import { failureOf, type Answer, type Message, type Task } from './messages.js'

const { order, files, cores } = workerData as { readonly order: Uint8Array; readonly files: ReturnType<FileReader['shared']>; readonly cores: number }

/** Models and data are loaded with the first job, and stay. */
let opening: Promise<OpenWork> | undefined

/** Does one job in this thread. */
export default async function work({ job, port, tellsCalls, skip }: Task): Promise<Answer> {
  const tell = (message: Message): void => port.postMessage(message)
  const stop = new AbortController()
  port.once('message', () => stop.abort(new DOMException('stopped', 'AbortError')))
  let memory = 0
  try {
    opening ??= openWork(order, { log: { info: () => undefined, warn: (warning) => tell({ warning }) }, files: createSharedFiles(files), cores })
    const open = await opening
    tell({ begun: true })
    const report = await open.run(job, stop.signal, (progress) => tell({ progress }), { skip, ...(tellsCalls && { onCall: (call, begins) => tell({ call, begins }) }) })
    memory = open.memory()
    return { report, memory }
  } catch (error) {
    return { failure: failureOf(error), memory }
  } finally {
    tell({ ended: true })
    port.close()
  }
}

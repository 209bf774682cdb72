import { MessageChannel, Worker } from 'node:worker_threads'
import { messageOf, UserError, type SideThreads } from '@touchstone/core'
import { errorOf } from './messages.js'
import type { SideAnswer, SideMessage, SideOrder } from './side-worker.js'

/** A thread, and what ends it before its time. */
interface Thread {
  readonly worker: Worker
  /** Rejects when the thread ends. */
  readonly end: Promise<never>
}

/** Threads for parts of a costly piece of work. None runs before it is first asked. @param count at least 2 */
export function createSideThreads(count: number): SideThreads & AsyncDisposable {
  const threads = new Map<number, Thread>()

  const start = (): Thread => {
    const worker = new Worker(new URL('side-worker.js', import.meta.url))
    // Threads without a task keep no process alive; a task's port does.
    worker.unref()
    const end = new Promise<never>((_, reject) => {
      worker.once('error', (error) => reject(new UserError(`a side thread broke down: ${messageOf(error)}`)))
      worker.once('exit', (code) => reject(new UserError(`a side thread ended with code ${code}`)))
    })
    end.catch(() => undefined)
    return { worker, end }
  }

  const run: SideThreads['run'] = async (index, module, task, answer = () => Promise.reject(new Error('nobody answers'))) => {
    let thread = threads.get(index)
    if (!thread) {
      threads.set(index, (thread = start()))
      thread.end.catch(() => threads.delete(index))
    }
    const { port1: port, port2: theirs } = new MessageChannel()
    const answered = new Int32Array(new SharedArrayBuffer(4))
    const give = (given: SideAnswer): void => {
      port.postMessage(given)
      Atomics.store(answered, 0, 1)
      Atomics.notify(answered, 0)
    }
    try {
      const result = new Promise<unknown>((resolve, reject) => {
        port.on('message', (message: SideMessage) => {
          if ('result' in message) resolve(message.result)
          else if ('failure' in message) reject(errorOf(message.failure))
          else answer(message.asked).then((value) => give({ answer: value }), (error: unknown) => give({ refused: messageOf(error) }))
        })
      })
      thread.worker.postMessage({ module: module.href, task, port: theirs, answered } satisfies SideOrder, [theirs])
      return await Promise.race([result, thread.end])
    } finally {
      port.close()
    }
  }
  const close = async (): Promise<void> => {
    await Promise.all([...threads.values()].map(({ worker }) => worker.terminate()))
  }
  return { count, run, [Symbol.asyncDispose]: close }
}

import { parentPort, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { messageOf, type SideTask } from '@touchstone/core'
import { failureOf, type Failure } from './messages.js'

/** A task for a side thread. */
export interface SideOrder {
  readonly module: string
  readonly task: unknown
  /** What is asked and what comes of it go out by it, answers come in. */
  readonly port: MessagePort
  /** Becomes 1 when an answer is there. */
  readonly answered: Int32Array
}

/** What comes out of a side thread: a question, or the end. */
export type SideMessage = { readonly asked: unknown } | { readonly result: unknown } | { readonly failure: Failure }

/** What a question gets. */
export type SideAnswer = { readonly answer: unknown } | { readonly refused: string }

async function run({ module, task, port, answered }: SideOrder): Promise<void> {
  const tell = (message: SideMessage): void => port.postMessage(message)
  const ask = (asked: unknown): unknown => {
    tell({ asked })
    Atomics.wait(answered, 0, 0)
    Atomics.store(answered, 0, 0)
    const { message } = receiveMessageOnPort(port) as { readonly message: SideAnswer }
    if ('refused' in message) throw new Error(message.refused)
    return message.answer
  }
  try {
    const { default: work } = (await import(module)) as { readonly default: SideTask }
    tell({ result: await work(task, ask) })
  } catch (error) {
    tell({ failure: failureOf(error) })
  }
}

let before: Promise<void> = Promise.resolve()
parentPort!.on('message', (order: SideOrder) => {
  before = before.then(() => run(order)).catch((error: unknown) => order.port.postMessage({ failure: { kind: 'fault', message: messageOf(error) } } satisfies SideMessage))
})

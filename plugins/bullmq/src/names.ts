import type { Job } from '@touchstone/core'

/** All keys of ours in Redis begin with it. */
export const prefix = 'touchstone'

/** The queue unless told. */
export const defaultQueue = 'jobs'

/** What a queue may be called. */
export const queueName = /^[\w.-]{1,100}$/

/** The same work of two runs is one job: its id follows from what is to be done, models, methods and metrics included. */
export function idInQueue(order: string, job: Job): string {
  return `${order.slice(0, 40)}-${job.id}`
}

/** The channel by which workers are told to stop jobs. */
export function stopChannel(queue: string): string {
  return `${prefix}:${queue}:stop`
}

// What the process that makes load is asked and what it answers, and the process itself. It measures nothing.

import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fail } from '#data/kernel'

/** What to send, by the name of its maker in requests.ts. */
export interface LoadJob {
  port: number
  token: string
  kind: string
  /** Numbers of the requests start here, so that no two jobs ask for the same. */
  from: number
  connections: number
  /** Closed loop: requests in all. */
  count?: number
  /** Closed loop: how long, ms. */
  forMs?: number
  /** Open loop: requests/s that come whether the others were answered or not. */
  perSecond?: number
}

/** How it went. */
export interface LoadResult {
  answered: number
  ms: number
  /** Next free number. */
  next: number
  /** Answers by status. */
  statuses: Record<string, number>
  /** First answer that was no success. */
  firstProblem: string | null
  /** Time from when a request was due to its answer, ms. */
  p50: number
  p99: number
  longest: number
}

/** A process that makes load, one job at a time. */
export interface LoadMaker {
  run(job: LoadJob): Promise<LoadResult>
  stop(): void
}

/** A new process that makes load. @param group for the message where it breaks */
export function startLoadMaker(group: string): LoadMaker {
  const child = startChild('load-worker.ts')
  return {
    run: (job) => askChild<LoadResult>(child, job, group),
    stop: () => child.kill(),
  }
}

/** An entry file of this folder in a process of its own. */
export function startChild(file: string, args: string[] = [], flags: string[] = []): ChildProcess {
  return fork(join(import.meta.dirname, file), args, {
    execArgv: ['--disable-warning=ExperimentalWarning', ...flags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** The child's answer to one message. @throws BENCH_FAILED when it says why not, or ends */
export function askChild<T>(child: ChildProcess, question: object, group: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(fail('BENCH_FAILED', { group, reason: `a process of the measurement ended with ${code}` }))
    child.once('exit', onExit)
    child.once('message', (message: { result?: T; reason?: string }) => {
      child.off('exit', onExit)
      if (message.result !== undefined) resolve(message.result)
      else reject(fail('BENCH_FAILED', { group, reason: message.reason }))
    })
    child.send(question)
  })
}

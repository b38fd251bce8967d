// Entry file of a process that makes load over HTTP: closed loops on many connections, or an open loop at a rate.

import { reasonOf } from '#data/kernel'
import { type Answer, Connection } from './connection.ts'
import { live } from './lives.ts'
import type { LoadJob, LoadResult } from './load.ts'
import { requestMakers } from './requests.ts'

/** Times and statuses of one job. */
class Tally {
  readonly #waits: number[] = []
  readonly #statuses: Record<string, number> = {}
  #firstProblem: string | null = null

  note(wait: number, { status, body }: Answer): void {
    this.#waits.push(wait)
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    if (status >= 300) this.#firstProblem ??= body.toString().slice(0, 300)
  }

  result(ms: number, next: number): LoadResult {
    const sorted = Float64Array.from(this.#waits).sort()
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
    const rest = { statuses: this.#statuses, firstProblem: this.#firstProblem }
    return { answered: sorted.length, ms, next, p50: at(0.5), p99: at(0.99), longest: at(1), ...rest }
  }
}

async function run(job: LoadJob): Promise<LoadResult> {
  const make = requestMakers[job.kind]
  if (make === undefined && job.kind !== 'lives') throw new Error(`no request ${job.kind}`)
  const opened = Array.from({ length: job.connections }, () => Connection.open(job.port))
  const connections = await Promise.all(opened)
  try {
    if (make === undefined) return await closedLoop(connections, job, lifeOf(job))
    const one = (connection: Connection, number: number) => connection.ask(make(number, job.token))
    return job.perSecond === undefined
      ? await closedLoop(connections, job, one)
      : await openLoop(connections, job, one, job.perSecond)
  } finally {
    for (const connection of connections) connection.close()
  }
}

/** One thing to do with a connection, by its number. */
type Errand = (connection: Connection, number: number) => Promise<Answer>

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function lifeOf({ token }: LoadJob): Errand {
  return (connection, number) => live(connection, `L-${number}`, number, token, sleep)
}

async function closedLoop(connections: Connection[], job: LoadJob, run: Errand): Promise<LoadResult> {
  const tally = new Tally()
  let next = job.from
  const last = job.from + (job.count ?? Number.POSITIVE_INFINITY)
  const began = performance.now()
  const end = began + (job.forMs ?? Number.POSITIVE_INFINITY)
  const loop = async (connection: Connection) => {
    while (next < last && performance.now() < end) {
      const asked = performance.now()
      const answer = await run(connection, next++)
      tally.note(performance.now() - asked, answer)
    }
  }
  await Promise.all(connections.map(loop))
  return tally.result(performance.now() - began, next)
}

/** Requests come by the clock; one that finds no free connection waits, and its wait counts. */
function openLoop(
  connections: Connection[],
  job: LoadJob,
  run: Errand,
  perSecond: number,
): Promise<LoadResult> {
  const tally = new Tally()
  const free = [...connections]
  const count = Math.round((perSecond * (job.forMs ?? 1_000)) / 1_000)
  const began = performance.now()
  let sent = 0
  let answered = 0
  return new Promise((resolve, reject) => {
    const send = () => {
      const due = Math.min(count, Math.ceil(((performance.now() - began) * perSecond) / 1_000))
      while (sent < due) {
        const connection = free.pop()
        if (connection === undefined) return
        const at = began + (sent * 1_000) / perSecond
        run(connection, job.from + sent++).then((answer) => {
          tally.note(performance.now() - at, answer)
          free.push(connection)
          if (++answered === count) resolve(tally.result(performance.now() - began, job.from + sent))
          else send()
        }, reject)
      }
    }
    const tick = () => {
      send()
      if (sent < count) setTimeout(tick, 1)
    }
    tick()
  })
}

process.on('message', (job: LoadJob) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error) => process.send?.({ reason: reasonOf(error) }),
  )
})
process.once('disconnect', () => process.exit(0))

// Routes of SQL: one read-only question in the sandbox, and the tables that can be asked.

import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { querySql } from '#orchestrator/sql'
import { sqlSchema } from '#orchestrator/views'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'

/** Questions answered at the same time, each in a process of its own. */
const together = 2
/** Questions that wait for those before they are turned away. */
const waitingMost = 20
const defaultLimit = 1_000

const tags = ['sql']
const types = { csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' }

/** Adds the routes of SQL. */
export function addSql(app: App, { engine }: AppParts): void {
  const { workspace } = engine
  const seats = createSeats()
  const schema = {
    tags,
    summary: 'Ask a read-only question',
    body: api.sqlQuestion,
    response: {
      200: {
        description: 'The rows, or a file of all of them.',
        content: {
          'application/json': { schema: api.sqlResult },
          'text/csv': { schema: Type.Unsafe<never>({ type: 'string' }) },
          'application/vnd.apache.parquet': {
            schema: Type.Unsafe<never>({ type: 'string', format: 'binary' }),
          },
        },
      },
      ...problems,
    },
  }
  app.post('/sql', { schema, config: { access: 'ask' } }, async (request, reply) => {
    const { query, format = 'rows', limit = defaultLimit } = request.body
    const { file, ...answer } = await seats(() => querySql({ query, format, limit }, workspace))
    if (file === null || format === 'rows') return answer
    const stream = createReadStream(file)
    stream.once('close', () => void rm(file, { force: true }))
    reply
      .header('content-type', types[format])
      .header('content-disposition', `attachment; filename="answer.${format}"`)
    return reply.send(stream as never)
  })
  app.get(
    '/sql/schema',
    {
      schema: {
        tags,
        summary: 'Tables and columns that can be asked',
        response: { 200: Type.Array(api.sqlTable), ...problems },
      },
    },
    async () => sqlSchema(),
  )
}

/** Lets so many run at a time and so many wait. @throws HTTP_BUSY for those beyond */
function createSeats(): <T>(work: () => Promise<T>) => Promise<T> {
  let taken = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (taken >= together) {
      if (waiting.length >= waitingMost) throw fail('HTTP_BUSY', { reason: `${waitingMost} questions wait` })
      await new Promise<void>((free) => waiting.push(free))
    } else taken++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) taken--
      else next()
    }
  }
}

// Answers that are sent together: each reaches who asked, and one that cannot be sent harms no other.

import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gatherAnswers } from '../../orchestrator/http/gather.ts'
import type { App } from '../../orchestrator/http/parts.ts'

const app = Fastify()
let url = ''

beforeAll(async () => {
  gatherAnswers(app as unknown as App)
  app.get('/:number', (request) => ({ number: (request.params as { number: string }).number }))
  app.get('/broken', (_request, reply) => reply.header('x-broken', 'one line\nand another').send('never'))
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => app.close())

test('two hundred answers that are ready at once each reach who asked', async () => {
  const answers = Array.from({ length: 200 }, async (_, i) => (await fetch(`${url}/${i}`)).json())
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 200 }, (_, i) => ({ number: String(i) })))
})

test('an answer whose header cannot be sent is a failure, and those beside it come', async () => {
  const asked = Array.from({ length: 40 }, (_, i) => fetch(`${url}/${i % 2 === 0 ? 'broken' : i}`))
  const answers = await Promise.all(asked)
  expect(answers.map(({ status }) => status)).toEqual(
    Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 500 : 200)),
  )
  await Promise.all(answers.map((answer) => answer.text()))
})

test('who leaves before the answer holds up nobody', async () => {
  const leaving = new AbortController()
  const left = fetch(`${url}/1`, { signal: leaving.signal }).catch((error: Error) => error.name)
  const stayed = fetch(`${url}/2`)
  leaving.abort()
  expect(await left).toBe('AbortError')
  expect(await (await stayed).json()).toEqual({ number: '2' })
})

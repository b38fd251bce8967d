// A system outside that flows call over HTTP, for tests.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A receiver on this machine, and the keys that it was called with. @param answer null = none ever comes */
export async function receiver(
  answer: (body: string, key: string) => { status: number; text?: string } | null,
) {
  const keys: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const key = String(request.headers['idempotency-key'])
      keys.push(key)
      const said = answer(body, key)
      if (said !== null) response.writeHead(said.status).end(said.text ?? '')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/act`, keys }
}

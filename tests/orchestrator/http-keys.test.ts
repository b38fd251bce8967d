// Keys on the command line, and listening beyond this machine, which only an admin key allows.

import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { detour, start, stop } from './commands.ts'
import { send } from './http-place.ts'
import { newFolder } from './places.ts'

vi.setConfig({ testTimeout: 180_000 })

let folder: Awaited<ReturnType<typeof newFolder>>
let home: string
let server: ChildProcess | undefined
beforeAll(async () => {
  folder = await newFolder()
  home = join(folder.path, 'home')
})
afterAll(async () => {
  if (server !== undefined && server.exitCode === null) await stop(server, 'SIGKILL')
  await folder.remove()
})

const run = async (...args: string[]) => {
  const ran = await detour([...args, '--home', home, '--json'])
  return { code: ran.code, body: JSON.parse(ran.out || ran.err) }
}
// An address of this machine alone that Detour takes for a foreign one.
const serving = ['serve', '--no-demo', '--no-dashboard', '--port', '0', '--host', '127.0.0.2']

test('another address is taken once there is an admin key, and answers for keys alone', async () => {
  const refused = await run(...serving)
  expect([refused.code, refused.body.error.code]).toEqual([1, 'SERVE_HOST_REFUSED'])
  expect(refused.body.error.message).toContain('detour key create --role admin')
  const reader = (await run('key', 'create', '--role', 'reader')).body
  expect((await run(...serving)).body.error.code).toBe('SERVE_HOST_REFUSED')
  const admin = (await run('key', 'create', '--role', 'admin', '--name', 'ops')).body
  expect(admin).toMatchObject({ name: 'ops', role: 'admin', key: expect.stringMatching(/^dtr_/) })

  const started = await start([...serving, '--home', home, '--json'])
  server = started.child
  const { url } = JSON.parse(started.line) as { url: string }
  expect(url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/)
  const read = async (key?: string) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
    return (await send('GET', `${url}/api/v1/policies/reroute`, { headers })).status
  }
  expect([await read(), await read(reader.key), await read(admin.key), await read('dtr_none')]).toEqual([
    401, 200, 200, 401,
  ])

  // Verbs find the server there and are forwarded; a key that is revoked meanwhile opens nothing.
  const { keys } = (await run('key', 'list')).body
  expect(keys).toMatchObject([
    { role: 'reader', revokedAt: null },
    { role: 'admin', name: 'ops' },
  ])
  expect(JSON.stringify(keys)).not.toContain(reader.key)
  expect((await run('key', 'revoke', reader.keyId)).code).toBe(0)
  expect(await read(reader.key)).toBe(401)
  const again = await run('key', 'revoke', reader.keyId)
  expect([again.code, again.body.error.code]).toEqual([1, 'KEY_UNKNOWN'])
  expect(await stop(server)).toBe(0)
})

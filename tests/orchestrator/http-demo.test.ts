// The demo tells its own sink where plain HTTP is allowed, and serves without that elsewhere.

import { expect, test } from 'vitest'
import { addDemoReceiver } from '../../orchestrator/cli/serve.ts'
import { openAll } from './webhooks/setup.ts'

test('a demo served on loopback has its receiver, one served to the network has none and starts as well', async () => {
  const { webhooks } = await openAll()
  await addDemoReceiver(webhooks, 'http://192.168.1.5:4380')
  expect(await webhooks.list()).toEqual([])
  await addDemoReceiver(webhooks, 'http://127.0.0.1:4380')
  await addDemoReceiver(webhooks, 'http://[::1]:4381')
  expect((await webhooks.list()).map(({ url }) => url)).toEqual(['http://[::1]:4381/api/v1/sink/demo'])
})

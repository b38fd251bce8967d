// A process that appends orders to a market whose webhooks are at work, until it is killed; prints what is durable.

import { writeSync } from 'node:fs'
import { readConfig, realEffects } from '#data/kernel'
import { openWebhooks } from '#orchestrator/webhooks'
import { moved, openMarket } from './market.ts'

const path = process.argv[2] ?? ''
const effects = realEffects(readConfig({ DETOUR_WEBHOOK_ALLOW: '127.0.0.1' }))
const market = await openMarket(path, effects)
const limits = { delaysMs: [5, 10, 20, 40, 80, 160, 320], gatherMs: 1 }
await openWebhooks({ log: market.log, effects, core: market, vault: market.vault, limits })
for (;;) {
  const seq = await market.append(...moved(market.lastSeq))
  writeSync(1, `msg_main_${seq - 1}\nmsg_main_${seq}\n`)
  await effects.clock.sleep(2)
}

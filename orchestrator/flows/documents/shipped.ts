// The flows that come with Detour, read from the documents beside this file. It changes none of them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { api } from '#data/contracts'
import { defaultFlowId } from '#orchestrator/core'

/** The flow of orders that no other takes, version 1 of its name. */
export const defaultOrderFlow: api.PublishedFlow = {
  flowId: defaultFlowId,
  version: 1,
  publishedAt: '1970-01-01T00:00:00.000Z',
  publishedBy: 'detour',
  document: JSON.parse(
    readFileSync(join(import.meta.dirname, 'default-order.json'), 'utf8'),
  ) as api.FlowDocument,
}

// What commands on flows themselves lead to: drafts, versions, modes. Pure; a document is checked where it is
// compiled.

import type { api } from '#data/contracts'
import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'

/** Name of the flow that takes what no other takes; it is shipped. */
export const defaultFlowId = 'default'

/** Flows, drafts, and characters of JSON of a document and of all. */
const most = { flows: 100, drafts: 100, characters: 300_000, allCharacters: 16_000_000 } as const

/** Keeps a draft. */
export function saveDraft(
  { flows }: CoreState,
  { flowId, document, by }: CommandData['SaveFlowDraft'],
  at: number,
): Verdict {
  const known = flows.drafts.find((draft) => draft.flowId === flowId)
  if (known !== undefined && canonical(known.document) === canonical(document))
    return answered([], { flowId })
  if (known === undefined && flows.drafts.length >= most.drafts)
    return refused('too_large', { what: 'drafts', most: most.drafts })
  if (lengthOf(document) > most.characters)
    return refused('too_large', { flowId, what: 'document', most: most.characters })
  const draft = { flowId, savedAt: new Date(at).toISOString(), savedBy: by, document }
  return answered([event('FlowDraftSaved', { draft, at })], { flowId })
}

/** Drops a draft. */
export function removeDraft(
  { flows }: CoreState,
  { flowId, by }: CommandData['RemoveFlowDraft'],
  at: number,
): Verdict {
  if (!flows.drafts.some((draft) => draft.flowId === flowId)) return answered([], { flowId })
  return answered([event('FlowDraftRemoved', { flowId, by, at })], { flowId })
}

/** The next version of a flow. */
export function publishFlow(
  { flows }: CoreState,
  { document, by }: CommandData['PublishFlow'],
  at: number,
): Verdict {
  const { flowId } = document
  const newest = newestFlow(flows.published, flowId)
  if (newest !== undefined && canonical(newest.document) === canonical(document)) {
    return answered([], { flowId, version: newest.version })
  }
  if (newest !== undefined && newest.document.kind !== document.kind) {
    return refused('kind_changed', { flowId, kind: newest.document.kind })
  }
  const ids = new Set(flows.published.map((flow) => flow.flowId)).add(flowId)
  if (ids.size > most.flows) return refused('too_large', { what: 'flows', most: most.flows })
  const length = lengthOf(document)
  if (length > most.characters) return refused('too_large', { flowId, most: most.characters })
  if (length + lengthOf(flows.published) > most.allCharacters)
    return refused('too_large', { what: 'all flows', most: most.allCharacters })
  // The shipped one is version 1 of its name.
  const version = (newest?.version ?? (flowId === defaultFlowId ? 1 : 0)) + 1
  const flow = { flowId, version, publishedAt: new Date(at).toISOString(), publishedBy: by, document }
  return answered([event('FlowPublished', { flow, at })], { flowId, version })
}

/** How a flow stands from now on. */
export function setMode(
  { flows }: CoreState,
  { flowId, mode, by }: CommandData['SetFlowMode'],
  at: number,
): Verdict {
  // A draft may be meant for the shadow before it is published.
  const isDraft = flows.drafts.some((draft) => draft.flowId === flowId)
  const isKnown = isDraft || flowId === defaultFlowId || newestFlow(flows.published, flowId) !== undefined
  if (!isKnown) return refused('flow_unknown', { flowId })
  if ((flows.modes[flowId] ?? 'on') === mode) return answered([], { flowId, mode })
  if (flowId === defaultFlowId && (mode === 'shadow' || mode === 'off'))
    return refused('default_must_run', { flowId, mode })
  return answered([event('FlowModeSet', { flowId, mode, by, at })], { flowId, mode })
}

/** Newest version of a flow, of those that were published here. */
export function newestFlow(
  published: readonly api.PublishedFlow[],
  flowId: string,
): api.PublishedFlow | undefined {
  return published.find((flow) => flow.flowId === flowId)
}

function lengthOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0
}

/** JSON that does not depend on the order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

// Says what is odd about a network and can be worked around all the same. It changes nothing.

import type { api } from '#data/contracts'
import type { Node } from '#orchestrator/core'
import { compileNetwork } from '../network/compile.ts'
import { Findings } from '../network/findings.ts'
import { firstOverlap } from './overlaps.ts'

/** Findings in an answer at most. */
const findingsMost = 1_000

/** Nodes as files tell them; the same object = the same nodes. */
interface Nodes {
  values(): Iterable<Node>
}

interface Known {
  nodes: Nodes
  findings: readonly api.NetworkFinding[]
}

const known = new WeakMap<api.NetworkDocument, Known>()

/**
 * What is odd, at most 1,000 findings. Kept for the document and the nodes it was asked with last.
 * @param nodes as files tell them
 */
export function checkNetwork(document: api.NetworkDocument, nodes: Nodes): readonly api.NetworkFinding[] {
  const before = known.get(document)
  if (before?.nodes === nodes) return before.findings
  const findings = new Findings()
  checkServices(document, nodes.values(), findings)
  checkCards(document, findings)
  checkSpreads(document, findings)
  checkNodes(document, findings)
  const made = compileNetwork({ document, version: 0, nodes: nodes.values() })
  const all = [...made.findings, ...findings.list()].slice(0, findingsMost)
  known.set(document, { nodes, findings: all })
  return all
}

function checkServices(document: api.NetworkDocument, nodes: Iterable<Node>, findings: Findings): void {
  const rated = new Set(
    document.rateCards.filter(({ bands }) => bands.length > 0).map(({ serviceId }) => serviceId),
  )
  const told = new Set(document.nodes.map(({ nodeId }) => nodeId))
  // Nodes that only files tell of may use any service.
  const isOpen =
    document.nodes.some(({ isActive, serviceIds }) => isActive && serviceIds.length === 0) ||
    [...nodes].some(({ nodeId }) => !told.has(nodeId))
  const used = new Set(document.nodes.flatMap(({ isActive, serviceIds }) => (isActive ? serviceIds : [])))
  const resting = new Set(
    document.carriers.flatMap(({ carrierId, isActive }) => (isActive ? [] : [carrierId])),
  )
  for (const { serviceId, isActive, carrierId } of document.services) {
    if (!isActive) continue
    if (!rated.has(serviceId)) {
      const text = `Service ${serviceId} has no rates: it is not used where costs are asked for.`
      findings.add('service_rates_missing', 'services', serviceId, text)
    }
    if (resting.has(carrierId)) {
      const text = `Service ${serviceId} is active, its carrier ${carrierId} is not: it is not used.`
      findings.add('service_carrier_inactive', 'services', serviceId, text)
    } else if (document.nodes.length > 0 && !isOpen && !used.has(serviceId)) {
      const text = `No active node of the network may use service ${serviceId}.`
      findings.add('service_unreachable', 'services', serviceId, text)
    }
  }
}

function checkCards({ rateCards }: api.NetworkDocument, findings: Findings): void {
  for (const { rateCardId, bands, validFrom, validUntil } of rateCards) {
    const say = (code: string, text: string) => findings.add(code, 'rateCards', rateCardId, text)
    if (bands.length === 0) say('rate_card_empty', `Rate card ${rateCardId} has no rows.`)
    if (validFrom !== null && validUntil !== null && validUntil < validFrom) {
      say('rate_card_never', `Rate card ${rateCardId} ends before it begins: it never holds.`)
    }
    const overlap = firstOverlap(bands)
    if (overlap === null) continue
    const [first, second] = overlap
    say(
      'bands_overlap',
      `Rows ${first} and ${second} of rate card ${rateCardId} overlap: the cheaper counts.`,
    )
  }
}

function checkSpreads({ nodes, services, lanes }: api.NetworkDocument, findings: Findings): void {
  const check = (
    list: 'nodes' | 'services' | 'lanes',
    id: string,
    field: string,
    spread: api.Spread | null,
  ) => {
    if (spread === null || spread.p90Hours >= spread.medianHours) return
    const text = `The ${field} of ${id} takes longer half of the time than nine times of ten: taken as certain.`
    findings.add('spread_upside_down', list, id, text)
  }
  for (const { nodeId, processing } of nodes) check('nodes', nodeId, 'processing', processing)
  for (const { serviceId, transit } of services) check('services', serviceId, 'transit', transit)
  for (const { laneId, transit } of lanes) check('lanes', laneId, 'transit', transit)
}

function checkNodes({ nodes, groups }: api.NetworkDocument, findings: Findings): void {
  const named = new Set<string>()
  for (const { nodeId, groupIds, activeFrom, activeUntil } of nodes) {
    for (const groupId of groupIds) named.add(groupId)
    if (activeFrom !== null && activeUntil !== null && activeUntil < activeFrom) {
      findings.add('node_never_active', 'nodes', nodeId, `Node ${nodeId} ends before it begins.`)
    }
  }
  for (const { groupId } of groups) {
    if (!named.has(groupId)) findings.add('group_empty', 'groups', groupId, `No node is in group ${groupId}.`)
  }
}

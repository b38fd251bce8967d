// Looks for what does not fit together in a network: ids that lead nowhere, nodes that never open, carriers that never
// come. It mends nothing.

import type { api } from '#data/contracts'
import type { CompiledNode } from './compiled.ts'
import type { Timetable } from './departures.ts'
import type { Findings } from './findings.ts'

/** Notes ids that lead nowhere. */
export function checkReferences(
  document: api.NetworkDocument,
  nodes: ReadonlyMap<string, CompiledNode>,
  findings: Findings,
): void {
  const groups = new Set(document.groups.map(({ groupId }) => groupId))
  const carriers = new Set(document.carriers.map(({ carrierId }) => carrierId))
  const services = new Set(document.services.map(({ serviceId }) => serviceId))
  const isOrigin = (origin: string) => origin === '*' || nodes.has(origin) || groups.has(origin)
  const list =
    (code: string, kind: 'nodes' | 'services' | 'lanes' | 'rateCards') => (id: string, text: string) =>
      findings.add(code, kind, id, text)

  for (const { nodeId, groupIds, serviceIds, pickups } of document.nodes) {
    for (const groupId of groupIds) {
      if (groups.has(groupId)) continue
      list('node_group_unknown', 'nodes')(
        nodeId,
        `Node ${nodeId} is in group ${groupId}, which is not there.`,
      )
    }
    for (const serviceId of serviceIds) {
      if (services.has(serviceId)) continue
      const text = `Node ${nodeId} is to use service ${serviceId}, which is not there.`
      list('node_service_unknown', 'nodes')(nodeId, text)
    }
    for (const { carrierId } of pickups) {
      if (carrierId === null || carriers.has(carrierId)) continue
      const text = `Carrier ${carrierId} is to collect at node ${nodeId}, but is not there.`
      list('pickup_carrier_unknown', 'nodes')(nodeId, text)
    }
  }
  for (const { serviceId, carrierId } of document.services) {
    if (carriers.has(carrierId)) continue
    const text = `Service ${serviceId} is of carrier ${carrierId}, which is not there: taken as active.`
    list('service_carrier_unknown', 'services')(serviceId, text)
  }
  for (const { laneId, serviceId, origin } of document.lanes) {
    if (!services.has(serviceId)) {
      const text = `Lane ${laneId} is of service ${serviceId}, which is not there.`
      list('lane_service_unknown', 'lanes')(laneId, text)
    }
    if (!isOrigin(origin.trim())) {
      const text = `Lane ${laneId} starts at ${origin}, which is no node and no group.`
      list('lane_origin_unknown', 'lanes')(laneId, text)
    }
  }
  checkCards(document, services, isOrigin, findings)
}

function checkCards(
  document: api.NetworkDocument,
  services: ReadonlySet<string>,
  isOrigin: (origin: string) => boolean,
  findings: Findings,
): void {
  for (const { rateCardId, serviceId, bands } of document.rateCards) {
    if (!services.has(serviceId)) {
      const text = `Rate card ${rateCardId} is of service ${serviceId}, which is not there.`
      findings.add('rate_service_unknown', 'rateCards', rateCardId, text)
    }
    const unknown = new Set(bands.map(({ origin }) => origin.trim()).filter((origin) => !isOrigin(origin)))
    for (const origin of unknown) {
      const text = `Rate card ${rateCardId} has bands from ${origin}, which is no node and no group.`
      findings.add('rate_origin_unknown', 'rateCards', rateCardId, text)
    }
  }
}

/** Notes nodes that never open, and carriers that never come while they do. */
export function checkTimetables(timetables: ReadonlyMap<string, Timetable>, findings: Findings): void {
  for (const [nodeId, timetable] of timetables) {
    if (timetable.hours.isNeverOpen) {
      const text = `Node ${nodeId} has no day at work in its calendar while it is active: nothing leaves it.`
      findings.add('node_never_opens', 'nodes', nodeId, text)
      continue
    }
    for (const carrierId of timetable.neverCome()) {
      const who = carrierId === null ? 'No carrier' : `Carrier ${carrierId} never`
      const text = `${who} collects at node ${nodeId} on a day when it works.`
      findings.add('pickup_never', 'nodes', nodeId, text)
    }
  }
}

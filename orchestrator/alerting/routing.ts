// Which rule an incident goes by, with whom it is told together, and whom a rule means. Pure.

import type { api } from '#data/contracts'
import { type CoreState, defaultRouting } from '#orchestrator/core'
import { fits, type Labelled, labelsOf } from './labels.ts'

/** Who is told of what, in a market. */
export function routingOf({ alerting }: CoreState): api.AlertRouting {
  return alerting.routing ?? defaultRouting
}

/** The rules an incident goes by, in their order. */
export function routesFor({ routes }: api.AlertRouting, incident: Labelled): api.AlertRoute[] {
  const found: api.AlertRoute[] = []
  for (const route of routes) {
    if (!fits(route.matchers, incident)) continue
    found.push(route)
    if (!route.goesOn) break
  }
  return found
}

/** What the incidents of a group have in common by a rule. */
export function groupLabels({ groupBy }: api.AlertRoute, incident: Labelled): Record<string, string> {
  const labels = labelsOf(incident)
  return Object.fromEntries(groupBy.toSorted().map((name) => [name, labels[name] ?? '']))
}

/** Key of a group: the rule, and what its incidents have in common. */
export function groupKeyOf(route: api.AlertRoute, labels: Record<string, string>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return [route.routeId, ...parts].join('/')
}

/**
 * Ids of those that a rule means, in order.
 * @param receivers ids of the webhooks that can be told of incidents
 */
export function receiversOf(meant: readonly string[], receivers: readonly string[]): string[] {
  return receivers.filter((id) => meant.includes('all') || meant.includes(id)).toSorted()
}

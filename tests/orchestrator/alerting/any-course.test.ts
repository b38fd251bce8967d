// Whatever happens to incidents, and wherever the process is killed meanwhile: nobody is told twice, nobody hears of
// an end without a beginning, and everybody who heard a beginning hears the end.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { giveNotices } from '#orchestrator/alerting'
import { defaultRouting, type Notice } from '#orchestrator/core'
import { minute, Place } from './place.ts'

const names = ['A', 'B', 'C', 'D'] as const
const receivers = ['a', 'b', 'c']

const step = fc.record({
  what: fc.constantFrom(
    ...(['breach', 'breach', 'worse', 'recover', 'recover', 'acknowledge', 'snooze', 'wake'] as const),
    ...(['merge', 'split', 'resolve', 'reopen', 'silence', 'unsilence', 'route', 'severity'] as const),
  ),
  name: fc.constantFrom(...names),
  other: fc.constantFrom(...names),
  amount: fc.integer({ min: 0, max: 3 }),
  minutes: fc.constantFrom(0, 0, 1, 1, 5, 20, 90, 400),
  there: fc.subarray(receivers),
  sweeps: fc.boolean(),
  kill: fc.option(fc.record({ commands: fc.integer({ min: 0, max: 4 }), isAfter: fc.boolean() }), {
    freq: 3,
  }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function sweep(place: Place, there: readonly string[]): Promise<void> {
  const options = { core: place.core, effects: null as never, now: () => place.now }
  await giveNotices({ ...options, receivers: async () => there })
}

const lastOf = (place: Place, name: string) => place.state.lastIncidents.get(`channel/fab:${name}`)
const openOf = (place: Place, name: string) => place.state.openIncidents.get(`channel/fab:${name}`)

function act(place: Place, { what, name, other, amount }: Step): void {
  const open = openOf(place, name)
  const by = 'Mia'
  switch (what) {
    case 'breach':
      if (open === undefined) place.open(name)
      else if (place.incident(open).recoveringSince !== null) place.worse(open, {})
      break
    case 'worse':
      if (open !== undefined) place.worse(open, { severity: 0.3 + amount / 5 }, amount * 20)
      break
    case 'recover':
      if (open !== undefined) place.recover(open)
      break
    case 'acknowledge':
      if (open !== undefined) place.run('AcknowledgeIncident', { incidentId: open, by })
      break
    case 'snooze': {
      const forMs = amount === 0 ? null : amount * 60 * minute
      if (open !== undefined) place.run('SnoozeIncident', { incidentId: open, until: null, forMs, by })
      break
    }
    case 'wake':
      if (open !== undefined) place.run('WakeIncident', { incidentId: open, by })
      break
    case 'merge': {
      const into = openOf(place, other)
      if (open !== undefined && into !== undefined) place.run('MergeIncident', { incidentId: open, into, by })
      break
    }
    case 'split':
      if (open !== undefined) place.run('SplitIncident', { incidentId: open, cause: null, by })
      break
    case 'resolve':
      if (open !== undefined) place.run('ResolveIncident', { incidentId: open, reason: 'known', by })
      break
    case 'severity':
      if (open !== undefined)
        place.run('SetIncidentSeverity', { incidentId: open, severity: amount === 0 ? null : amount / 4, by })
      break
    case 'reopen': {
      const incidentId = lastOf(place, name)
      if (incidentId !== undefined) place.run('ReopenIncident', { incidentId, reason: 'not over', by })
      break
    }
    default:
      rule(place, what, name, amount)
  }
}

function rule(place: Place, what: 'silence' | 'unsilence' | 'route', name: string, amount: number): void {
  const by = 'Mia'
  if (what === 'silence') {
    const [startsAt, endsAt] = [0, (1 + amount) * 60 * minute].map((ms) =>
      new Date(place.now + ms).toISOString(),
    )
    const matchers = [{ label: 'channel', op: 'is' as const, value: `fab:${name}` }]
    const draft = {
      kind: 'silence' as const,
      why: 'x',
      matchers,
      startsAt: startsAt ?? '',
      endsAt: endsAt ?? '',
    }
    const silenceId = `s${place.events.length}`
    place.run('AddSilence', { silenceId, draft: { ...draft, repeat: null, holdsReroutes: false }, by })
  } else if (what === 'unsilence') {
    for (const silenceId of place.state.alerting.silences.keys()) place.run('EndSilence', { silenceId, by })
  } else place.run('SetAlertRouting', { routing: routings[amount] ?? defaultRouting, by })
}

const [everything] = defaultRouting.routes
const routings = [
  defaultRouting,
  { ...defaultRouting, routes: [] },
  [{ groupBy: ['kind', 'severity'], groupWaitSeconds: 30, groupIntervalSeconds: 300, repeatMinutes: 60 }],
  [
    {
      routeId: 'grave',
      receivers: ['b'],
      matchers: [{ label: 'severity', op: 'is', value: 'high' }],
      goesOn: true,
    },
    { receivers: ['a'], escalation: [{ afterMinutes: 15, receivers: ['c'] }] },
  ],
].map((each) =>
  Array.isArray(each)
    ? {
        ...defaultRouting,
        routes: each.map((route) => ({ ...everything, ...route }) as typeof everything & object),
      }
    : each,
)

/** What each receiver heard of each incident by each group, in order. */
function heard(notices: readonly Notice[]): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const { kind, groupKey, receivers: told, incidents } of notices) {
    for (const receiver of told) {
      for (const { incidentId } of incidents) {
        const key = [receiver, groupKey, incidentId].join(' ')
        all.set(key, [...(all.get(key) ?? []), kind])
      }
    }
  }
  return all
}

/** What was told of each incident by each rule, in order, whoever heard it. */
function toldBy(notices: readonly Notice[]): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const { kind, routeId, incidents } of notices) {
    for (const { incidentId } of incidents) {
      const key = [routeId, incidentId].join(' ')
      all.set(key, [...(all.get(key) ?? []), kind])
    }
  }
  return all
}

test('a course of incidents is told whole and once, wherever the process is killed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const place = new Place()
      for (const one of steps) {
        act(place, one)
        place.now += one.minutes * minute
        if (!one.sweeps) continue
        place.killIn = one.kill === null ? null : { ...one.kill }
        await sweep(place, one.there).catch(() => undefined)
        if (one.kill !== null) place.restart()
      }
      // Values come back for good, and everybody can be told.
      for (let i = 0; i < 3; i++) {
        for (const name of names) act(place, { ...(steps[0] as Step), what: 'recover', name })
        place.now += 600 * minute
        await sweep(place, receivers)
      }
      const notices = place.notices()
      expect(new Set(notices.map(({ noticeId }) => noticeId)).size).toBe(notices.length)
      expect(place.state.openIncidents.size).toBe(0)
      expect(place.state.alerting.groups.size).toBe(0)
      for (const [who, kinds] of heard(notices)) {
        // An end may be missed by a receiver that was not there; then it hears nothing more of that course.
        expect(kinds[0], who).not.toMatch(/recovered|acknowledged/)
        expect(kinds.join(), who).not.toMatch(/recovered,(recovered|acknowledged)/)
      }
      for (const [what, kinds] of toldBy(notices))
        expect(kinds.join(), what).not.toMatch(/opened(,(?!recovered)\w+)*,opened/)
      for (const { kind, incidents } of notices) {
        const ids = incidents.map(({ incidentId }) => incidentId)
        expect(new Set(ids).size).toBe(ids.length)
        for (const { status } of incidents) expect(status === 'resolved').toBe(kind === 'recovered')
      }
      const last = place.state
      place.restart()
      expect(JSON.stringify([...place.state.incidents])).toBe(JSON.stringify([...last.incidents]))
    }),
    { numRuns: 250 },
  )
})

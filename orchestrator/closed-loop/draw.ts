// The standard scenario: what a seed draws where no file says otherwise. The same seed and days give the same scenario;
// it runs nothing.

import type { api } from '#data/contracts'
import { type Random, seededRandom } from '#data/kernel'
import { networkDocumentOf, regionsOf, strainNames, type WorldOptions } from '#data/world'
import { daysOf } from './days.ts'
import { type KindName, kindNames, kindOf } from './kinds.ts'
import { type FaultEntry, faultOf, type ScenarioFault, type ScenarioFile } from './scenario.ts'
import { showingIn } from './shows.ts'

/** A scenario with everything filled in. */
export interface Scenario {
  name: string
  seed: string
  days: number
  /** The world; its history ends when the warm-up begins. */
  world: Required<WorldOptions>
  /** When the scored days begin, epoch ms. */
  start: number
  faults: ScenarioFault[]
  /** Hours from one turn of the product's loop to the next. */
  cycleHours: number
  /** Of reroutes, where they are not those that Detour begins with. */
  limits: Partial<api.ReroutePolicy>
}

/** Provider that the made-up retailer is loaded as. */
export const provider = 'fabrikam'

const standard = {
  nodes: 12,
  ordersPerDay: 700,
  skus: 200,
  historyDays: 70,
  warmUpDays: 14,
  historyFaults: true,
  cycleHours: 1,
}
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The first instant of a simulation is at this hour, UTC: the middle of the night where the retailer is. */
const firstHour = 8
/** Days of the year 2026 between which simulations begin. */
const [earliest, latest] = [Date.UTC(2026, 1, 1), Date.UTC(2026, 8, 25)]
const faultsLeast = 3
const faultsMost = 8
/** Chance that a fault begins while the one before goes on. */
const overlapShare = 0.25
/** Hours without a fault at the beginning and at the end. */
const quietHours = 12

/** The scenario of a seed, with what a file says of it. @throws SCENARIO_INVALID */
export function scenarioOf(seed: string, days: number, file: ScenarioFile = {}): Scenario {
  const random = seededRandom(`scenario/${seed}`)
  const size: typeof standard & ScenarioFile = { ...standard, ...file }
  const drawn = earliest + random.fork('start').int(0, (latest - earliest) / dayMs) * dayMs
  const first = file.start === undefined ? drawn : Date.parse(`${file.start}T00:00:00Z`)
  const start = first + firstHour * hourMs
  const world = {
    seed: `simulate/${seed}`,
    days: size.historyDays,
    orders: size.ordersPerDay * size.historyDays,
    end: start - size.warmUpDays * dayMs,
    nodes: size.nodes,
    skus: size.skus,
    faults: size.historyFaults ? ('past' as const) : ('none' as const),
  }
  const nodes = networkDocumentOf(world, (id) => id).nodes.map(({ nodeId }) => nodeId)
  // What is drawn names the lanes from every warehouse, also in a world that has only some of them.
  const regions = file.faults === undefined ? null : regionsOf(world)
  const entries = file.faults ?? drawFaults(random.fork('faults'), { start, days, nodes })
  const showsAt = showingIn(world)
  const faults = entries.map((entry, i): ScenarioFault => {
    const fault = faultOf(entry, i, { start, nodes, regions, provider })
    return { ...fault, showsAt: showsAt(fault) }
  })
  const name = file.name ?? (file.faults === undefined ? 'standard' : 'own')
  const { cycleHours, limits = {} } = size
  // A file may be played for fewer days than it tells of.
  const begun = faults.filter(({ startAt }) => startAt < start + days * dayMs)
  begun.sort((a, b) => a.startAt - b.startAt)
  return { name, seed, days, world, start, cycleHours, limits, faults: begun }
}

/** Faults spread over the days, of kinds as different as there are; now and then two at once. */
function drawFaults(
  random: Random,
  { start, days, nodes }: { start: number; days: number; nodes: readonly string[] },
): FaultEntry[] {
  const count = random.int(faultsLeast, faultsMost)
  const kinds = shuffled(
    kindNames.filter((name) => kindOf(name).isFault),
    random,
  )
  const room = days * 24 - 2 * quietHours
  const entries: FaultEntry[] = []
  for (let i = 0; i < count; i++) {
    const kind = kinds[i % kinds.length] as KindName
    const before = entries.at(-1)
    const isTwo = before !== undefined && random.next() < overlapShare
    const slot = quietHours + (i * room) / count
    const startHours = isTwo
      ? before.startHours + random.int(0, Math.max(1, Math.floor((before.hours ?? 0) / 2)))
      : Math.floor(slot + random.next() * 0.4 * (room / count))
    const most = Math.max(1, room + quietHours - startHours)
    const drawn = drawFault(kind, startHours, most, random.fork(`fault/${i}`), nodes)
    entries.push(onDay(drawn, start))
  }
  return entries
}

/** A fault of one weekday has such a day in its time: of the others the first working day, else the first. */
function onDay(entry: FaultEntry, start: number): FaultEntry {
  if (entry.weekday === undefined) return entry
  const from = start + entry.startHours * hourMs
  const weekdays = daysOf(from, from + (entry.hours ?? 0) * hourMs).map(({ weekday }) => weekday)
  if (weekdays.includes(entry.weekday)) return entry
  const weekday = weekdays.find((each) => each >= 1 && each <= 5) ?? weekdays[0] ?? entry.weekday
  return { ...entry, weekday }
}

function drawFault(
  name: KindName,
  startHours: number,
  hoursMost: number,
  random: Random,
  nodes: readonly string[],
): FaultEntry {
  const { needs, mayHave, strength, hours } = kindOf(name)
  const targets = new Set([...needs, ...mayHave.filter(() => random.next() < 0.5)])
  const drawn = strength === null ? null : strength.usual * (0.85 + 0.3 * random.next())
  const lanes = targets.has('lanes') ? random.pick(regions) : null
  return {
    kind: name,
    startHours,
    hours: Math.min(hoursMost, Math.round(hours * (0.8 + 0.5 * random.next()))),
    ...(strength === null || drawn === null
      ? {}
      : { strength: name === 'carrier_delay' ? random.int(2, 3) : rounded(Math.min(strength.most, drawn)) }),
    ...(targets.has('node') ? { node: random.pick(busyNodes(nodes)) } : {}),
    ...(targets.has('carrier') ? { carrier: random.pick(strainNames.carriers) } : {}),
    ...(targets.has('channel') ? { channel: random.pick(strainNames.channels.slice(0, 3)) } : {}),
    ...(targets.has('skuClass') ? { skuClass: random.pick(strainNames.skuClasses) } : {}),
    ...(targets.has('weekday') ? { weekday: random.int(1, 5) } : {}),
    ...(lanes === null ? {} : { lanes }),
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100

/** Lanes into the same part of the country from every warehouse. */
const regions = [
  ['NV>CA', 'TX>CA', 'OH>CA', 'PA>CA', 'TN>CA'],
  ['OH>NY', 'PA>NY', 'TN>NY', 'TX>NY', 'OH>NJ', 'PA>NJ', 'OH>MA', 'PA>MA'],
  ['TX>TX', 'TN>TX', 'OH>TX', 'NV>TX', 'TX>FL', 'TN>FL', 'OH>FL'],
]

/** Nodes that most orders go through: own warehouses and the logistics partner. */
function busyNodes(nodes: readonly string[]): readonly string[] {
  const busy = ['reno', 'columbus', 'dallas', 'allentown', 'memphis'].filter((node) => nodes.includes(node))
  return busy.length > 0 ? busy : nodes
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

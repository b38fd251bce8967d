// What a simulation is made from: the size of the world, its history, and the faults. It reads and checks scenario
// files; it draws and runs nothing.

import { readFile } from 'node:fs/promises'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { api } from '#data/contracts'
import { fail, reasonOf } from '#data/kernel'
import { type Strain, strainNames } from '#data/world'
import { daysOf } from './days.ts'
import { type KindName, kindNames, kindOf, type Target } from './kinds.ts'

const options = { additionalProperties: false }

const fault = Type.Object(
  {
    kind: Type.Enum(kindNames, { description: 'see the guide to scenarios' }),
    startHours: Type.Number({ minimum: 0, maximum: 24 * 366, description: 'hours after the first instant' }),
    hours: Type.Optional(Type.Number({ minimum: 0.25, maximum: 24 * 366, description: 'how long' })),
    strength: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'by kind' })),
    node: Type.Optional(Type.String({ description: 'id of a node of the world, "reno"' })),
    carrier: Type.Optional(Type.String()),
    lanes: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Z]{2}>[A-Z]{2}$' }), { minItems: 1, maxItems: 100 }),
    ),
    channel: Type.Optional(Type.String()),
    skuClass: Type.Optional(Type.String()),
    weekday: Type.Optional(Type.Integer({ minimum: 0, maximum: 6, description: '0 = Sunday' })),
  },
  options,
)

/** There is nobody who could be asked whether a node takes its work. */
const limits = Type.Partial(Type.Omit(api.reroutePolicy, ['workActions']), options)

const schema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    nodes: Type.Optional(Type.Integer({ minimum: 3, maximum: 12 })),
    ordersPerDay: Type.Optional(Type.Integer({ minimum: 5, maximum: 20_000 })),
    skus: Type.Optional(Type.Integer({ minimum: 20, maximum: 5_000 })),
    start: Type.Optional(
      Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'first day, by UTC' }),
    ),
    historyDays: Type.Optional(Type.Integer({ minimum: 7, maximum: 365 })),
    warmUpDays: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 90, description: 'days without faults between history and start' }),
    ),
    cycleHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24, description: 'how often it looks' })),
    historyFaults: Type.Optional(Type.Boolean({ description: 'whether the history has faults of its own' })),
    limits: Type.Optional(limits),
    faults: Type.Optional(Type.Array(fault, { maxItems: 100 })),
  },
  options,
)

/** A scenario file; what it leaves out is as in the standard scenario, drawn from the seed. */
export type ScenarioFile = Static<typeof schema>
/** A fault of a scenario file. */
export type FaultEntry = Static<typeof fault>

/** A fault with everything filled in. */
export interface ScenarioFault {
  kind: KindName
  isFault: boolean
  /** What it is at, like the key of an incident: `node/fabrikam:reno`. */
  dimension: string
  /** Epoch ms. */
  startAt: number
  /** From when on it can be seen, epoch ms. */
  showsAt: number
  endAt: number
  strain: Strain
}

/**
 * A scenario file, read and checked.
 * @throws SCENARIO_UNREADABLE, SCENARIO_INVALID naming the place and what is wrong with it
 */
export async function readScenario(path: string): Promise<ScenarioFile> {
  let document: unknown
  try {
    document = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw fail('SCENARIO_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
  }
  return checkScenario(document)
}

/** A scenario document, checked. @throws SCENARIO_INVALID */
export function checkScenario(document: unknown): ScenarioFile {
  if (!Value.Check(schema, document)) {
    const [first] = Value.Errors(schema, document)
    const path = first?.instancePath ?? ''
    // What is not listed may be nothing at all.
    const strange = first?.keyword === 'boolean' ? path.slice(path.lastIndexOf('/')) : ''
    const reason = strange === '' ? first?.message : `has no such field: ${strange.slice(1)}`
    const where = path.slice(0, path.length - strange.length)
    throw invalid(where === '' ? 'the document' : where, reason ?? 'is not of the schema')
  }
  const { start } = document
  if (start !== undefined && !isDay(start)) throw invalid('/start', `"${start}" is no day`)
  if (start !== undefined && !(start >= firstStart && start <= lastStart)) {
    throw invalid('/start', `"${start}" is not from ${firstStart} to ${lastStart}`)
  }
  for (const [i, entry] of (document.faults ?? []).entries()) checkFault(entry, `/faults/${i}`)
  return document
}

/** Whether a text like `2026-05-05` is a day of the calendar. */
function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** Days on which a simulation may begin: the world knows no history that ends earlier or later, nor its holidays. */
const [firstStart, lastStart] = ['1991-01-01', '2036-12-31']

function invalid(where: string, reason: string): Error {
  return fail('SCENARIO_INVALID', { where, reason })
}

/** Names that a fault may use; nodes are looked up in the world later. */
const names: Partial<Record<Target, readonly string[]>> = {
  carrier: strainNames.carriers,
  channel: strainNames.channels,
  skuClass: strainNames.skuClasses,
}

/** @throws SCENARIO_INVALID */
function checkFault(entry: FaultEntry, where: string): void {
  const { needs, mayHave, strength } = kindOf(entry.kind)
  const targets: Target[] = ['node', 'carrier', 'channel', 'skuClass', 'lanes', 'weekday']
  for (const target of targets) {
    const value = entry[target]
    if (needs.includes(target) && value === undefined) throw invalid(where, `${entry.kind} needs "${target}"`)
    if (value === undefined) continue
    if (!needs.includes(target) && !mayHave.includes(target)) {
      throw invalid(`${where}/${target}`, `${entry.kind} has no "${target}"`)
    }
    const known = names[target]
    if (known !== undefined && !known.includes(String(value))) {
      throw invalid(`${where}/${target}`, `"${value}" is none of ${known.join(', ')}`)
    }
  }
  if (entry.strength === undefined) return
  if (strength === null) throw invalid(`${where}/strength`, `${entry.kind} has no strength`)
  if (entry.strength >= strength.least && entry.strength <= strength.most) return
  throw invalid(`${where}/strength`, `is ${strength.means}: ${strength.least} to ${strength.most}`)
}

/** Regions where lanes begin, at nodes, and end, at customers. */
export interface Regions {
  from: readonly string[]
  to: readonly string[]
}

/** @throws SCENARIO_INVALID for a lane on which nothing can be sent */
function checkLanes({ lanes = [] }: FaultEntry, where: string, { from, to }: Regions): void {
  for (const [i, lane] of lanes.entries()) {
    const [origin = '', destination = ''] = lane.split('>')
    if (!from.includes(origin)) {
      throw invalid(`${where}/${i}`, `"${lane}" begins at no node: they are in ${from.join(', ')}`)
    }
    if (!to.includes(destination)) {
      throw invalid(`${where}/${i}`, `"${lane}" ends where no customer lives: they do in ${to.join(', ')}`)
    }
  }
}

/** @throws SCENARIO_INVALID for a weekday that is none of the days of the fault */
function checkWeekday({ weekday }: FaultEntry, where: string, startAt: number, endAt: number): void {
  const days = [...new Set(daysOf(startAt, endAt).map((day) => day.weekday))].sort((a, b) => a - b)
  if (weekday === undefined || days.includes(weekday)) return
  throw invalid(where, `${weekday} is none of the days of its hours: ${days.join(', ')} (0 = Sunday)`)
}

/**
 * The fault of an entry.
 * @param world start: epoch ms; nodes: ids there are; regions: where lanes may begin and end, null = anywhere;
 *   provider: as which the world is loaded
 * @throws SCENARIO_INVALID where it names a node or a lane that is not there, or a weekday that is not in its time
 */
export function faultOf(
  entry: FaultEntry,
  i: number,
  world: { start: number; nodes: readonly string[]; regions: Regions | null; provider: string },
): Omit<ScenarioFault, 'showsAt'> {
  const kind = kindOf(entry.kind)
  if (entry.node !== undefined && !world.nodes.includes(entry.node)) {
    throw invalid(`/faults/${i}/node`, `"${entry.node}" is none of ${world.nodes.join(', ')}`)
  }
  if (world.regions !== null) checkLanes(entry, `/faults/${i}/lanes`, world.regions)
  const startAt = world.start + Math.round(entry.startHours * 3_600_000)
  const endAt = startAt + Math.round((entry.hours ?? kind.hours) * 3_600_000)
  checkWeekday(entry, `/faults/${i}/weekday`, startAt, endAt)
  const { node, carrier, lanes, channel, skuClass, weekday } = entry
  const strain: Strain = {
    id: `fault-${String(i + 1).padStart(2, '0')}`,
    kind: kind.strain,
    from: startAt,
    to: endAt,
    amount: kind.amountOf(entry.strength ?? kind.strength?.usual ?? 0),
    ...(node === undefined ? {} : { nodeId: node }),
    ...(carrier === undefined ? {} : { carrier }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(channel === undefined ? {} : { channel }),
    ...(skuClass === undefined ? {} : { skuClass }),
    ...(weekday === undefined ? {} : { weekday }),
    ...(kind.isCreeping === true ? { isCreeping: true } : {}),
  }
  return {
    kind: entry.kind,
    isFault: kind.isFault,
    dimension: dimensionOf(entry, world.provider),
    startAt,
    endAt,
    strain,
  }
}

function dimensionOf({ node, carrier, channel, skuClass }: FaultEntry, provider: string): string {
  if (node !== undefined) return `node/${provider}:${node}`
  if (carrier !== undefined) return `carrier/${carrier}`
  if (channel !== undefined) return `channel/${channel}`
  return skuClass === undefined ? 'all/all' : `sku_class/${skuClass}`
}

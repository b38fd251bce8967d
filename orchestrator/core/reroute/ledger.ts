// What reroutes have done lately, in steps of five minutes, for the limits that count by time. It follows from events
// alone and decides nothing.

import { PersistentMap } from '../persistent/map.ts'
import type { PlanState } from './plan.ts'
import type { OpenAsk } from './work-ask.ts'

/** Moves of five minutes. */
export interface MoveStep {
  /** Start, epoch ms of the market. */
  at: number
  moves: number
  extraCents: number
  /** Moves by the node they went to from another one. */
  into: PersistentMap<string, number>
  /** Of these, those that nobody asked for and no incident; absent = none. */
  loose?: Loose
}

/** Moves without an incident and without a person. */
interface Loose {
  moves: number
  extraCents: number
}

/** What of reroutes the core remembers. */
export interface RerouteState {
  /** Of the last 24 hours, oldest first. */
  steps: readonly MoveStep[]
  /** Extra cents by incident, and when it moved something last; of the newest 1,000, at least of 500. */
  spent: PersistentMap<string, { cents: number; at: number }>
  /** When work went from one node to another last, by `pairKey`; of the last days. */
  pairs: PersistentMap<string, number>
  /** Plans by id: those that wait or are carried out, and the 500 that ended last. */
  plans: PersistentMap<string, PlanState>
  /** What providers are still to be asked about moved work, by key; and how much was ever to be asked. */
  asks: PersistentMap<string, OpenAsk>
  asked: number
}

/** Nothing was moved yet. */
export function emptyReroutes(): RerouteState {
  return {
    ...{ steps: [], spent: PersistentMap(), pairs: PersistentMap(), plans: PersistentMap() },
    ...{ asks: PersistentMap(), asked: 0 },
  }
}

const stepMs = 300_000
const hourMs = 3_600_000
const dayMs = 86_400_000
const spentMost = 1_000
const pairsMost = 20_000

/** Key of a way that work went. */
export function pairKey(fromNodeId: string, toNodeId: string): string {
  return `${fromNodeId}\u001f${toNodeId}`
}

/** A move that was made. */
export interface Moved {
  at: number
  fromNodeId: string
  /** The same node where only the carrier changes. */
  toNodeIds: readonly string[]
  incidentId: string | null
  extraCents: number
  /** A person asked for it, or approved its plan. */
  isByPerson: boolean
}

/** The state after a move. */
export function withMove(state: RerouteState, move: Moved): RerouteState {
  const { incidentId, extraCents, at } = move
  return {
    ...state,
    steps: withStep(state.steps, move),
    spent:
      incidentId === null
        ? state.spent
        : newest(
            state.spent,
            [incidentId, { cents: spentOn(state, incidentId) + extraCents, at }],
            spentMost,
            (spent) => spent.at,
          ),
    pairs: newNodes(move).reduce(
      (pairs, to) => newest(pairs, [pairKey(move.fromNodeId, to), at], pairsMost, Number),
      state.pairs,
    ),
  }
}

/** Nodes that get work which they did not have: what only goes by another carrier stays at its node. */
export function newNodes({ fromNodeId, toNodeIds }: Pick<Moved, 'fromNodeId' | 'toNodeIds'>): string[] {
  return toNodeIds.filter((to) => to !== fromNodeId)
}

function withStep(steps: readonly MoveStep[], move: Moved): readonly MoveStep[] {
  const last = steps.at(-1)
  // Time of a market can be set back: a step never is.
  const at = Math.max(Math.floor(move.at / stepMs) * stepMs, last?.at ?? 0)
  const isSame = last !== undefined && last.at === at
  const before: MoveStep = isSame
    ? last
    : { at, moves: 0, extraCents: 0, into: PersistentMap<string, number>() }
  let { into } = before
  for (const nodeId of newNodes(move)) into = into.set(nodeId, (into.get(nodeId) ?? 0) + 1)
  const { moves, extraCents } = before
  const step = {
    ...{ at, moves: moves + 1, extraCents: extraCents + move.extraCents, into },
    ...looseWith(before.loose, move),
  }
  if (isSame) return steps.with(-1, step)
  return [...steps.filter((each) => each.at > at - dayMs - stepMs), step]
}

function looseWith(
  before: Loose | undefined,
  { incidentId, isByPerson, extraCents }: Moved,
): { loose?: Loose } {
  if (incidentId !== null || isByPerson) return before === undefined ? {} : { loose: before }
  const { moves, extraCents: cents } = before ?? { moves: 0, extraCents: 0 }
  return { loose: { moves: moves + 1, extraCents: cents + extraCents } }
}

/** The map with an entry, and without the older half where it grew too large. */
function newest<V>(
  map: PersistentMap<string, V>,
  [key, value]: [string, V],
  most: number,
  atOf: (value: V) => number,
): PersistentMap<string, V> {
  const next = map.set(key, value)
  if (next.size <= most) return next
  const byAge = [...next].sort(([a, one], [b, other]) => atOf(other) - atOf(one) || (a < b ? -1 : 1))
  return PersistentMap([...byAge.slice(0, most / 2), [key, value]])
}

/** Extra cents of what an incident moved. */
export function spentOn({ spent }: RerouteState, incidentId: string): number {
  return spent.get(incidentId)?.cents ?? 0
}

/** What was moved in the time before an instant; whole steps, so a little more than the time. */
export interface Lately {
  hourMoves: number
  hourInto(nodeId: string): number
  dayCents: number
  /** Of the hour, without an incident and without a person. */
  loose: Loose
}

/** What was moved lately. @param at epoch ms of the market */
export function lately({ steps }: RerouteState, at: number): Lately {
  const hour = steps.filter((step) => step.at > at - hourMs - stepMs)
  const day = steps.filter((step) => step.at > at - dayMs - stepMs)
  return {
    hourMoves: hour.reduce((sum, { moves }) => sum + moves, 0),
    hourInto: (nodeId) => hour.reduce((sum, { into }) => sum + (into.get(nodeId) ?? 0), 0),
    dayCents: day.reduce((sum, { extraCents }) => sum + extraCents, 0),
    loose: {
      moves: hour.reduce((sum, { loose }) => sum + (loose?.moves ?? 0), 0),
      extraCents: hour.reduce((sum, { loose }) => sum + (loose?.extraCents ?? 0), 0),
    },
  }
}

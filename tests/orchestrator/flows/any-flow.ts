// Flows of any shape, for properties: no rings, every kind of tile, branches that meet again, failures with and
// without a way of their own.

import fc from 'fast-check'
import type { api } from '#data/contracts'

/** A piece of a flow: its tiles, given where it goes on. */
type Piece = (name: string, next: string) => { first: string; tiles: api.FlowTile[] }

const single =
  (make: (id: string, next: string) => api.FlowTile): Piece =>
  (id, next) => ({ first: id, tiles: [make(id, next)] })

const calm = fc.constantFrom<Piece>(
  single((id, next) => ({ type: 'message', id, name: 'order.told', data: { n: 1 }, next })),
  single((id, next) => ({ type: 'timer', id, minutes: 5, next })),
  single((id, next) => ({ type: 'condition_merge', id, next })),
  single((id, next) => ({ type: 'wait', id, events: ['order.called'], timeoutMinutes: 20, next })),
  single((id, next) => ({
    type: 'approval',
    id,
    question: 'go on?',
    approved: next,
    rejected: next,
    timeoutMinutes: 9,
  })),
  single((id, next) => ({ type: 'soft_reserve', id, minutes: 600, next, failed: next })),
  single((id, next) => ({
    type: 'provider',
    id,
    action: 'good',
    undoAction: 'good_undo',
    next,
    onSuccess: 'order.done',
  })),
  single((id, next) => ({
    type: 'provider',
    id,
    action: 'bad',
    next,
    failed: next,
    retries: { times: 1, firstSeconds: 60 },
  })),
  single((id, next) => ({ type: 'invoice', id, next })),
)
const placing = fc.constantFrom<Piece>(
  single((id, next) => ({ type: 'source', id, next })),
  single((id, next) => ({ type: 'reserve', id, next })),
  single((id, next) => ({ type: 'assign_node', id, nodeId: 'fab:B', next, failed: next })),
)
const failing = single((id, next) => ({ type: 'provider', id, action: 'bad', next }))

const two = (id: string, a: Piece, b: Piece, next: string) => {
  const [first, second] = [a(`${id}a`, next), b(`${id}b`, next)]
  return { first, second, tiles: [...first.tiles, ...second.tiles] }
}

function branching(inner: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> {
  const condition = fc.tuple(inner, inner, fc.constantFrom('order.units > 2', 'run.steps > 6')).map(
    ([a, b, when]): Piece =>
      (id, next) => {
        const { first, second, tiles } = two(id, a, b, next)
        const ask: api.FlowTile = { type: 'condition', id, when, yes: first.first, no: second.first }
        return { first: id, tiles: [ask, ...tiles] }
      },
  )
  const split = fc.tuple(inner, inner, fc.constantFrom('lines' as const, 'all' as const)).map(
    ([a, b, by]): Piece =>
      (id, next) => {
        const merge = `${id}m`
        const { first, second, tiles } = two(id, a, b, merge)
        const when = by === 'lines' ? 'line.sku == "x"' : 'order.units > 1'
        const branches = [
          { when, next: first.first },
          { when: '', next: second.first },
        ]
        const ends: api.FlowTile[] = [
          { type: 'splitter', id, by, branches },
          { type: 'splitter_merge', id: merge, splitter: id, next },
        ]
        return { first: id, tiles: [...ends, ...tiles] }
      },
  )
  return fc.oneof(condition, split)
}

const chain =
  (pieces: readonly Piece[]): Piece =>
  (id, next) => {
    const tiles: api.FlowTile[] = []
    let to = next
    for (const [i, piece] of [...pieces.entries()].reverse()) {
      const made = piece(`${id}${i}`, to)
      tiles.unshift(...made.tiles)
      to = made.first
    }
    return { first: to, tiles }
  }

function pieces(depth: number): fc.Arbitrary<Piece> {
  const leaf = fc.oneof({ weight: 3, arbitrary: calm }, { weight: 3, arbitrary: placing })
  const inner = depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, branching(pieces(depth - 1)))
  return fc.array(inner, { minLength: 1, maxLength: 3 }).map(chain)
}

/** A flow of orders, and whether a tile in it fails for good. */
export const anyFlow = fc
  .record({
    before: fc.array(calm, { maxLength: 2 }),
    body: pieces(2),
    fails: fc.boolean(),
    releases: fc.boolean(),
  })
  .map(({ before, body, fails, releases }) => {
    const validate = single((id, next) => ({ type: 'validate_header', id, next }))
    const end: Piece[] = releases
      ? [
          single((id, next) => ({ type: 'source', id, next })),
          single((id, next) => ({ type: 'reserve', id, next })),
          single((id, next) => ({ type: 'release', id, next })),
        ]
      : []
    const all = chain([...before, validate, body, ...end, ...(fails ? [failing] : [])])('t', 'exit')
    const document: api.FlowDocument = {
      ...{ format: 1, flowId: 'any', kind: 'order', title: 'Any', match: 'order.channel == "web"' },
      tiles: [{ type: 'start', id: 'start', next: all.first }, ...all.tiles, { type: 'exit', id: 'exit' }],
    }
    return { document, fails }
  })

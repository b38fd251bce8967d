// What providers are to be asked when released work moves: to cancel it where it was, to take it where it goes. It
// follows from the moves and from what a person set, and is kept until there is an answer.

import type { api } from '#data/contracts'
import type { FulfillmentOrder, NewWork } from '../orders/order.ts'
import type { CoreState } from '../state.ts'
import type { RerouteState } from './ledger.ts'
import type { OpenAsk, WorkAsk } from './work-ask.ts'

/** Who is asked about work at a node; undefined = nobody. */
export function workActionFor(policy: api.ReroutePolicy, nodeId: string): api.WorkAction | undefined {
  const all = policy.workActions ?? []
  return all.find((each) => each.nodeId === nodeId) ?? all.find((each) => each.nodeId === null)
}

/** Asks about work that leaves nodes and work that comes in its place; what no node was told of is not asked about. */
export function asksOf(
  { policy, market }: CoreState,
  decisionId: string,
  left: readonly FulfillmentOrder[],
  come: readonly (NewWork | FulfillmentOrder)[],
  replaced: string,
): { asks?: readonly WorkAsk[] } {
  const isMeant = ({ nodeId, releasedAt }: NewWork | FulfillmentOrder) =>
    releasedAt !== null && workActionFor(policy, nodeId) !== undefined
  const ask =
    (what: WorkAsk['what']) =>
    (work: NewWork | FulfillmentOrder): WorkAsk => ({
      key: `${market}/${decisionId}/${what}/${work.fulfillmentOrderId}`,
      what,
      fulfillmentOrderId: work.fulfillmentOrderId,
      nodeId: work.nodeId,
      replaces: what === 'send' ? replaced : null,
    })
  const asks = [...left.filter(isMeant).map(ask('cancel')), ...come.filter(isMeant).map(ask('send'))]
  return asks.length === 0 ? {} : { asks }
}

/** The state with what an event asks for. */
export function withAsks(
  state: RerouteState,
  { orderId, decisionId, asks = [] }: { orderId: string; decisionId: string; asks?: readonly WorkAsk[] },
): RerouteState {
  if (asks.length === 0) return state
  let { asked } = state
  let open = state.asks
  for (const ask of asks)
    open = open.set(ask.key, { ...ask, number: ++asked, orderId, decisionId, refused: null })
  return { ...state, asked, asks: open }
}

/** The state without asks that are settled. */
export function withoutAsks(state: RerouteState, keys: readonly string[]): RerouteState {
  const asks = keys.reduce((open, key) => open.delete(key), state.asks)
  return asks === state.asks ? state : { ...state, asks }
}

/** The state after the end of an action: what was done is settled, what was refused waits to be dealt with. */
export function withAnswer(
  state: CoreState,
  key: string,
  refusal: Pick<OpenAsk, 'refused' | 'isUnknown'> | null,
): CoreState {
  const ask = state.reroutes.asks.get(key)
  if (ask === undefined) return state
  const reroutes =
    refusal === null
      ? withoutAsks(state.reroutes, [key])
      : { ...state.reroutes, asks: state.reroutes.asks.set(key, { ...ask, ...refusal }) }
  return { ...state, reroutes }
}

/** Keys of what is not asked any more where one ask of a move was refused, and the move with it. */
export function droppedWith({ reroutes }: CoreState, key: string): string[] {
  const refused = reroutes.asks.get(key)
  if (refused === undefined) return []
  return [...reroutes.asks.values()]
    .filter(({ orderId, decisionId }) => orderId === refused.orderId && decisionId === refused.decisionId)
    .map((each) => each.key)
}

/** Whether the node may have the work: it was told of it, or gave no clear answer. */
export function mayHave({ market, reroutes }: CoreState, decisionId: string, workId: string): boolean {
  const ask = reroutes.asks.get(`${market}/${decisionId}/send/${workId}`)
  return ask === undefined || ask.isUnknown === true
}

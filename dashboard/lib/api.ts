// The HTTP client of the dashboard: one function a route of /api/v1, typed by the contracts. It keeps no state.

import type { api } from '#data/contracts'
import { ApiError, type Problem, unreachable } from './problem.ts'

/** Values of a query string; what is undefined, null or empty is left out. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined | null>

interface Ask {
  query?: Query
  body?: unknown
  /** Type of a body that is text rather than JSON. */
  textType?: string
  signal?: AbortSignal
  /** How long an answer may take, ms. */
  patienceMs?: number
}

const base = '/api/v1'
const usualMs = 60_000
/** Both sides of a what-if, solved with the longest time limit. */
const solvingMs = 700_000

/** The query string of some values, with its question mark, or nothing. */
export function queryText(query: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

async function ask<T>(
  method: string,
  path: string,
  { query = {}, body, textType, signal, patienceMs = usualMs }: Ask = {},
): Promise<T> {
  const isWrite = method !== 'GET'
  const headers: Record<string, string> = { accept: 'application/json' }
  if (isWrite) headers['idempotency-key'] = randomKey()
  if (body !== undefined) headers['content-type'] = textType ?? 'application/json'
  const limit = AbortSignal.timeout(patienceMs)
  let response: Response
  try {
    response = await fetch(`${base}${path}${queryText(query)}`, {
      method,
      headers,
      body: body === undefined ? null : textType === undefined ? JSON.stringify(body) : String(body),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw new ApiError(unreachable, isWrite)
  }
  if (response.status === 204) return undefined as T
  if (!response.ok) throw new ApiError(await problemOf(response), isWrite)
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = { status: response.status, code: 'UNKNOWN', retryable: response.status >= 500 }
  try {
    const said = (await response.json()) as Partial<Problem>
    return { ...fallback, detail: `Detour answered ${response.status}`, ...said, status: response.status }
  } catch {
    return { ...fallback, detail: `Detour answered ${response.status}` }
  }
}

/** A command of the core: one that was refused fails, also where the answer says so in a 200. */
async function command(path: string, body: object = {}, method = 'POST'): Promise<api.CommandAnswer> {
  const answer = await ask<api.CommandAnswer>(method, path, { body })
  if (answer.status !== 'refused') return answer
  const details = { reason: answer.reason }
  throw new ApiError(
    { status: 409, code: 'CORE_REFUSED', detail: 'Refused', retryable: false, details },
    true,
  )
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const part = encodeURIComponent

type Signal = AbortSignal | undefined
const reading = (signal: Signal, query: Query = {}): Ask => (signal ? { query, signal } : { query })

/** Every route the dashboard asks. */
export const server = {
  openSession: (key: string) => ask<unknown>('POST', '/session', { body: { key } }),
  status: (signal?: AbortSignal) => ask<api.SystemStatus>('GET', '/status', reading(signal)),
  health: (signal?: AbortSignal) => ask<api.Health>('GET', '/health', reading(signal)),
  markets: (signal?: AbortSignal) => ask<api.Market[]>('GET', '/markets', reading(signal)),
  overview: (query: Query, signal?: AbortSignal) =>
    ask<api.Overview>('GET', '/overview', reading(signal, query)),
  setClock: (body: api.ClockChange) => ask<api.ClockState>('PUT', '/clock', { body }),
  policy: (signal?: AbortSignal) => ask<api.KeptReroutePolicy>('GET', '/policies/reroute', reading(signal)),
  plans: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.ReroutePlan>>('GET', '/reroutes/plans', reading(signal, query)),
  plan: (id: string, signal?: AbortSignal) =>
    ask<api.ReroutePlanDetail>('GET', `/reroutes/plans/${part(id)}`, reading(signal)),
  ahead: (signal?: AbortSignal) => ask<api.Page<api.AheadItem>>('GET', '/reroutes/ahead', reading(signal)),
  decidePlan: (id: string, answer: 'approve' | 'reject') =>
    ask<api.ReroutePlan>('POST', `/reroutes/plans/${part(id)}/${answer}`, { body: {} }),
  planLinks: (id: string) =>
    ask<{ approve: string; reject: string }>('POST', `/reroutes/plans/${part(id)}/links`, { body: {} }),
  decideByLink: (token: string, market: string) =>
    ask<api.ReroutePlan>('POST', `${market === '' ? '' : `/markets/${part(market)}`}/reroutes/links`, {
      body: { token },
    }),
  stopReroutes: (isStopped: boolean) =>
    ask<api.KeptReroutePolicy>('POST', `/reroutes/${isStopped ? 'stop' : 'resume'}`, {}),
  effects: (signal?: AbortSignal) =>
    ask<{ items: api.RerouteEffect[] }>('GET', '/reroutes/effects', reading(signal)),
  effect: (id: string, signal?: AbortSignal) =>
    ask<{ effect: api.RerouteEffect | null }>('GET', `/incidents/${part(id)}/effect`, reading(signal)),
  rollBack: (id: string, reason: string) =>
    ask<{ returned: number; stayed: number }>('POST', `/incidents/${part(id)}/roll-back`, {
      body: { reason },
    }),
  /** @param version of the limits that were read */
  setPolicy: (limits: Omit<api.ReroutePolicy, 'isStopped'>, version: number) =>
    ask<api.KeptReroutePolicy>('PUT', '/policies/reroute', { body: { ...limits, version } }),

  orders: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.OrderSummary>>('GET', '/orders', reading(signal, query)),
  order: (id: string, signal?: AbortSignal) =>
    ask<api.OrderDetail>('GET', `/orders/${part(id)}`, reading(signal)),
  reroute: (id: string, body: { toNodeId?: string; override?: string }) =>
    command(`/orders/${part(id)}/reroute`, body),
  undoReroute: (id: string, body: { decisionId: string }) =>
    command(`/orders/${part(id)}/undo-reroute`, body),
  editOrder: (id: string, body: api.OrderEdit) => command(`/orders/${part(id)}`, body, 'PATCH'),
  orderAction: (id: string, action: api.OrderActionName, body: object) =>
    command(`/orders/${part(id)}/${action}`, body),
  orderActions: (body: api.OrderActions) => ask<api.ItemResults>('POST', '/orders/actions', { body }),

  work: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.FulfillmentOrderSummary>>('GET', '/fulfillment-orders', reading(signal, query)),
  workStep: (orderId: string, id: string, step: api.WorkActionName, body: object = {}) =>
    command(`/fulfillment-orders/${part(orderId)}/${part(id)}/${step}`, body),

  incidents: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.Incident>>('GET', '/incidents', reading(signal, query)),
  incident: (id: string, signal?: AbortSignal) =>
    ask<api.IncidentDetail>('GET', `/incidents/${part(id)}`, reading(signal)),
  incidentAction: (id: string, action: string, body?: object) =>
    ask<api.IncidentAnswer>('POST', `/incidents/${part(id)}/${action}`, body === undefined ? {} : { body }),
  incidentActions: (body: api.IncidentActions) =>
    ask<api.ItemResults>('POST', '/incidents/actions', { body }),
  silences: (signal?: AbortSignal) => ask<api.SilencesAnswer>('GET', '/silences', reading(signal)),
  createSilence: (body: api.SilenceRequest) => ask<api.Silence>('POST', '/silences', { body }),
  changeSilence: (id: string, body: api.SilenceDraft) =>
    ask<api.Silence>('PUT', `/silences/${part(id)}`, { body }),
  endSilence: (id: string) => ask<api.Silence>('POST', `/silences/${part(id)}/end`),
  alertRouting: (signal?: AbortSignal) =>
    ask<api.AlertRoutingAnswer>('GET', '/alerting/routing', reading(signal)),
  setAlertRouting: (body: api.AlertRouting) =>
    ask<api.AlertRoutingAnswer>('PUT', '/alerting/routing', { body }),
  previewAlertRouting: (body: api.AlertRouting, signal: AbortSignal) =>
    ask<api.AlertPreview>('POST', '/alerting/preview', { body, signal }),
  acknowledge: (id: string) => ask<api.CommandAnswer>('POST', `/incidents/${part(id)}/acknowledge`),

  detectionSettings: (signal?: AbortSignal) =>
    ask<api.DetectionSettings>('GET', '/detection/settings', reading(signal)),
  setDetectionSettings: (body: api.DetectionSettings) =>
    ask<api.DetectionSettings>('PUT', '/detection/settings', { body }),
  feedback: (signal?: AbortSignal) => ask<api.FeedbackAnswer>('GET', '/detection/feedback', reading(signal)),
  giveFeedback: (body: api.FeedbackDraft) => ask<unknown>('POST', '/detection/feedback', { body }),
  undoFeedback: (id: string) => ask<unknown>('POST', `/detection/feedback/${part(id)}/undo`),
  previewDetection: (body: api.PreviewDraft, signal: AbortSignal) =>
    ask<api.PreviewAnswer>('POST', '/detection/preview', { body, signal }),
  metrics: (signal?: AbortSignal) => ask<api.MetricInfo[]>('GET', '/metrics', reading(signal)),

  stock: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.StockPosition>>('GET', '/inventory', reading(signal, query)),
  availability: (query: Query, signal?: AbortSignal) =>
    ask<api.AvailabilityAnswer>('GET', '/inventory/availability', reading(signal, query)),
  atp: (query: Query, signal?: AbortSignal) =>
    ask<api.AtpAnswer>('GET', '/inventory/atp', reading(signal, query)),
  reservations: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.ReservationView>>('GET', '/inventory/reservations', reading(signal, query)),
  schedule: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.ScheduledUnits>>('GET', '/inventory/schedule', reading(signal, query)),
  adjustStock: (body: api.StockAdjustments) =>
    ask<api.CommandAnswer>('POST', '/inventory/adjustments', { body }),
  slices: (metric: string, dimension: string, signal?: AbortSignal) =>
    ask<api.MetricSlice[]>('GET', `/metrics/${part(metric)}/slices`, reading(signal, { dimension })),

  network: (signal?: AbortSignal) => ask<api.NetworkAnswer>('GET', '/network', reading(signal)),
  changeNetwork: (body: api.NetworkChange) => ask<api.NetworkChanged>('PATCH', '/network', { body }),
  exportNetwork: () => ask<api.NetworkFiles>('GET', '/network/export', { query: { format: 'csv' } }),
  /** Takes CSV files by their names, or one YAML text. */
  importNetwork: (source: api.NetworkFiles | string, query: { mode: string; dryRun?: boolean }) =>
    ask<api.NetworkChanged>('POST', '/network/import', {
      query,
      body: source,
      ...(typeof source === 'string' ? { textType: 'application/yaml' } : {}),
    }),
  strategies: (signal?: AbortSignal) => ask<api.StrategiesAnswer>('GET', '/strategies', reading(signal)),
  publishStrategy: (body: api.StrategyDraft) => ask<api.StrategyPublished>('POST', '/strategies', { body }),
  checkStrategy: (body: api.StrategyCheck) =>
    ask<api.StrategyCheckAnswer>('POST', '/strategies/check', { body }),
  setStrategyRules: (body: api.StrategyRules) => ask<api.StrategyRules>('PUT', '/strategies/rules', { body }),

  flows: (signal?: AbortSignal) => ask<api.FlowsAnswer>('GET', '/flows', reading(signal)),
  flow: (id: string, version?: number, signal?: AbortSignal) =>
    ask<api.FlowDetail>('GET', `/flows/${part(id)}`, reading(signal, { version })),
  flowRuns: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.FlowRun>>('GET', '/flows/runs', reading(signal, query)),
  orderRuns: (id: string, signal?: AbortSignal) =>
    ask<api.FlowRunsAnswer>('GET', `/orders/${part(id)}/runs`, reading(signal)),
  checkFlow: (document: unknown) => ask<api.FlowCheckAnswer>('POST', '/flows/check', { body: { document } }),
  draftFlow: (id: string, document: unknown) =>
    ask<api.FlowDetail>('PUT', `/flows/${part(id)}/draft`, { body: { document } }),
  publishFlow: (body: api.FlowPublishBody) => ask<api.FlowPublished>('POST', '/flows', { body }),
  setFlowMode: (id: string, mode: api.FlowMode) =>
    ask<api.FlowDetail>('PUT', `/flows/${part(id)}/mode`, { body: { mode } }),
  answerRun: (body: { runId: string; approve: boolean; tileId?: string; note?: string }) =>
    ask<undefined>('POST', '/flows/runs/answer', { body }),
  reprocess: (body: api.FlowReprocess) => ask<api.FlowReprocessed>('POST', '/flows/reprocess', { body }),

  policies: (signal?: AbortSignal) => ask<api.PoliciesAnswer>('GET', '/policies', reading(signal)),
  policyFacts: (signal?: AbortSignal) =>
    ask<api.PolicyFactsAnswer>('GET', '/policies/facts', reading(signal)),
  checkPolicy: (body: api.OrderPolicyDraft, signal?: AbortSignal) =>
    ask<api.PolicyCheckAnswer>('POST', '/policies/check', signal ? { body, signal } : { body }),
  policyForm: (body: api.FormAsked) => ask<api.FormAnswer>('POST', '/policies/form', { body }),
  draftPolicy: (body: api.OrderPolicyDraft) => ask<api.PolicyDrafted>('POST', '/policies', { body }),
  publishPolicy: (id: string, body: api.PolicyPublish) =>
    ask<api.PolicyChanged>('POST', `/policies/${part(id)}/publish`, { body }),
  retirePolicy: (id: string, body: { reason: string }) =>
    ask<api.PolicyChanged>('POST', `/policies/${part(id)}/retire`, { body }),
  replays: (signal?: AbortSignal) => ask<api.ReplaysAnswer>('GET', '/replays', reading(signal)),
  startReplay: (body: api.ReplayRequest) => ask<api.Replay>('POST', '/replays', { body }),
  pastReplay: (id: string, signal?: AbortSignal) =>
    ask<api.Replay>('GET', `/replays/${part(id)}`, reading(signal)),
  cancelReplay: (id: string) => ask<api.Replay>('POST', `/replays/${part(id)}/cancel`),
  replayChanges: (id: string, query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.ReplayChange>>('GET', `/replays/${part(id)}/changes`, reading(signal, query)),

  promise: (body: api.PromiseRequest) => ask<api.PromiseAnswer>('POST', '/promise', { body }),
  whatIf: (body: api.WhatIfRequest, signal: AbortSignal) =>
    ask<api.WhatIfAnswer>('POST', '/sourcing/simulate', { body, signal, patienceMs: solvingMs }),

  sql: (query: string, signal?: AbortSignal) =>
    ask<api.SqlResult>('POST', '/sql', signal ? { body: { query }, signal } : { body: { query } }),
  sqlSchema: (signal?: AbortSignal) => ask<api.SqlTable[]>('GET', '/sql/schema', reading(signal)),

  models: (signal?: AbortSignal) => ask<api.ModelsAnswer>('GET', '/models', reading(signal)),
  model: (id: string, signal?: AbortSignal) =>
    ask<api.ModelDetail>('GET', `/models/${part(id)}`, reading(signal)),
  trainModel: (id: string) => ask<unknown>('POST', `/models/${part(id)}/train`),
  cancelTraining: (id: string) => ask<unknown>('POST', `/models/${part(id)}/cancel`),
  promoteModel: (id: string, version: string) =>
    ask<unknown>('POST', `/models/${part(id)}/promote`, { body: { version } }),
  rollBackModel: (id: string) => ask<unknown>('POST', `/models/${part(id)}/rollback`),
  checkModel: (body: api.OwnModelDraft, signal: AbortSignal) =>
    ask<api.OwnModelCheck>('POST', '/models/check', { body, signal }),
  scoreModel: (id: string) => ask<unknown>('POST', `/models/${part(id)}/score`),
  createModel: (body: api.OwnModelDraft) => ask<api.ModelInfo>('POST', '/models', { body }),
  deleteModel: (id: string) => ask<undefined>('DELETE', `/models/${part(id)}`),

  webhooks: (signal?: AbortSignal) => ask<api.Webhook[]>('GET', '/webhooks', reading(signal)),
  createWebhook: (body: api.NewWebhook) => ask<api.WebhookWithSecret>('POST', '/webhooks', { body }),
  changeWebhook: (id: string, body: api.WebhookChange) =>
    ask<api.Webhook>('PATCH', `/webhooks/${part(id)}`, { body }),
  removeWebhook: (id: string) => ask<undefined>('DELETE', `/webhooks/${part(id)}`),
  testWebhook: (id: string, type?: api.WebhookEventType) =>
    ask<api.WebhookDelivery>('POST', `/webhooks/${part(id)}/test`, { query: { type } }),
  webhookEvents: (signal?: AbortSignal) => ask<api.WebhookEvent[]>('GET', '/webhook-events', reading(signal)),
  webhookPreview: (query: { format: api.WebhookFormat; type: string }, signal?: AbortSignal) =>
    ask<api.WebhookPreview>('GET', '/webhook-preview', reading(signal, query)),
  rotateWebhook: (id: string) => ask<api.WebhookWithSecret>('POST', `/webhooks/${part(id)}/rotate`),
  webhook: (id: string, signal?: AbortSignal) =>
    ask<api.Webhook>('GET', `/webhooks/${part(id)}`, reading(signal)),
  deliveries: (query: Query, signal?: AbortSignal) =>
    ask<api.Page<api.WebhookDelivery>>('GET', '/deliveries', reading(signal, query)),
  replay: (webhookId: string, what: { messageId: string } | { since: string }) =>
    ask<{ queued: number }>('POST', `/webhooks/${part(webhookId)}/replay`, { body: what }),
  sink: (signal?: AbortSignal) => ask<api.SinkMessage[]>('GET', '/sink', reading(signal)),
  clearSink: () => ask<undefined>('DELETE', '/sink'),
}

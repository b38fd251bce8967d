// Live updates: one stream of server-sent events for the page, paused while it is hidden. It fetches no data itself.

import { after } from './clock.ts'

/** Something changed on the server. */
export interface Change {
  kind: string
  ids: string[]
  at: string
}

/** How the stream is doing. */
export type LiveState = 'connecting' | 'live' | 'paused' | 'lost'

const retryMs = [1_000, 2_000, 5_000, 10_000, 30_000]

const listeners = new Set<(change: Change) => void>()
const watchers = new Set<(state: LiveState) => void>()
let state: LiveState = 'connecting'

/** Calls `hear` on every change until the function given back is called. */
export function onChange(hear: (change: Change) => void): () => void {
  listeners.add(hear)
  return () => listeners.delete(hear)
}

/** Calls `see` with the state of the stream, now and whenever it changes, until the function given back is called. */
export function onLiveState(see: (state: LiveState) => void): () => void {
  watchers.add(see)
  see(state)
  return () => watchers.delete(see)
}

function become(next: LiveState): void {
  state = next
  for (const see of watchers) see(next)
}

function tell(change: Change): void {
  for (const hear of listeners) hear(change)
}

function changeOf(text: string): Change | null {
  try {
    const said = JSON.parse(text) as Partial<Change>
    if (typeof said.kind !== 'string') return null
    return { kind: said.kind, ids: Array.isArray(said.ids) ? said.ids : [], at: said.at ?? '' }
  } catch {
    return null
  }
}

/** Opens the stream for as long as the page lives; gives back what closes it. */
export function connectLive(url = '/api/v1/stream'): () => void {
  let source: EventSource | null = null
  let cancelRetry: (() => void) | null = null
  let failures = 0
  let wasLost = false

  const close = () => {
    cancelRetry?.()
    cancelRetry = null
    source?.close()
    source = null
  }
  const open = () => {
    close()
    become('connecting')
    source = new EventSource(url)
    source.onopen = () => {
      failures = 0
      become('live')
      // What happened while nobody listened is not repeated, so everything is asked for anew.
      if (wasLost) tell({ kind: 'all', ids: [], at: '' })
      wasLost = false
    }
    source.addEventListener('change', (event) => {
      const change = changeOf((event as MessageEvent<string>).data)
      if (change !== null) tell(change)
    })
    source.onerror = () => {
      close()
      wasLost = true
      become('lost')
      cancelRetry = after(retryMs[Math.min(failures, retryMs.length - 1)] ?? 30_000, open)
      failures += 1
    }
  }
  const turn = () => {
    if (!document.hidden) return open()
    wasLost = true
    close()
    become('paused')
  }
  document.addEventListener('visibilitychange', turn)
  if (!document.hidden) open()
  return () => {
    document.removeEventListener('visibilitychange', turn)
    close()
  }
}

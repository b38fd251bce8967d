// Time of the browser: now and timers. The only place of the dashboard, beside the API client, that touches them.

/** Epoch ms of this machine. */
export function now(): number {
  return Date.now()
}

/** Runs `work` once after `ms`; the function given back calls it off. */
export function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}

/** Runs `work` every `ms` until the function given back is called. */
export function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}

/** Runs `work` when calls have paused for `ms`, and at least once in `atMostMs` while they go on. */
export function debounced(ms: number, atMostMs: number, work: () => void): { ask(): void; cancel(): void } {
  let cancel: (() => void) | null = null
  let askedAt = 0
  const run = () => {
    cancel = null
    work()
  }
  return {
    ask() {
      const at = now()
      if (cancel === null) askedAt = at
      else cancel()
      cancel = after(Math.max(0, Math.min(ms, askedAt + atMostMs - at)), run)
    },
    cancel() {
      cancel?.()
      cancel = null
    },
  }
}

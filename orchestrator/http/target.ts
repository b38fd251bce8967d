// Which market a request is for, by its address alone.

import { marketHeader } from '#orchestrator/cluster'

/** What a request is for. */
export interface Target {
  /** null = the default market. */
  market: string | null
  /** Path and query as the market's application knows them. */
  path: string
}

const named = /^\/api\/v1\/markets\/([^/?]+)(\/[^?]*)(\?.*)?$/

/** What a request is for. */
export function targetOf({
  url = '/',
  headers,
}: {
  url?: string | undefined
  headers: Record<string, unknown>
}): Target {
  const market = headers[marketHeader]
  if (typeof market === 'string') return { market, path: url }
  const match = url.startsWith('/api/v1/markets/') ? named.exec(url) : null
  if (match === null) return { market: null, path: url }
  const [, name = '', rest = '', query = ''] = match
  return { market: name, path: `/api/v1${rest}${query}` }
}

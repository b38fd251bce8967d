// State in the address: reads and writes the query of the page, so that a link shows what its sender saw.

import { goto } from '$app/navigation'
import { page } from '$app/state'

/** The value of a name in the query, empty where it is not there. */
export function inAddress(name: string): string {
  return page.url.searchParams.get(name) ?? ''
}

/** Whether a filter is on in the query. */
export function isOn(name: string): boolean {
  return ['1', 'true'].includes(inAddress(name))
}

/** Where the page is going: a change that comes before it is there must not undo the one before. */
let ahead: URL | null = null

/**
 * Changes the query; empty values are taken out.
 * @param isStep whether the back button should lead to what was before
 */
export async function toAddress(
  changes: Record<string, string | boolean | null>,
  isStep = false,
): Promise<void> {
  const base = ahead?.pathname === page.url.pathname ? ahead : page.url
  const url = new URL(base.href)
  for (const [name, value] of Object.entries(changes)) {
    if (value === '' || value === null || value === false) url.searchParams.delete(name)
    else url.searchParams.set(name, value === true ? 'true' : value)
  }
  if (url.search === base.search) return
  ahead = url
  try {
    await goto(`${url.pathname}${url.search}`, { replace: !isStep, reset: false })
  } finally {
    if (ahead === url) ahead = null
  }
}

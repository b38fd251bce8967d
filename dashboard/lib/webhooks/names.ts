// How a receiver of webhooks is called where there is no room for all of it.

import type { api } from '#data/contracts'

/** What a person called it, else where it is. */
export function hookName({ description, url }: Pick<api.Webhook, 'description' | 'url'>): string {
  return description !== '' ? description : (URL.parse(url)?.host ?? url)
}

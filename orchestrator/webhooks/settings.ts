// What a person asks of a receiver, checked as a whole: address, format, events and key have to agree. It changes
// nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { wantsType } from './audience.ts'
import type { UrlPolicy } from './url-policy.ts'

/** Settings of a receiver as they would be. */
export interface Wanted {
  url: string
  format: api.WebhookFormat
  events: readonly string[]
  hasCredential: boolean
  carriesLinks: boolean
}

/** What settings are checked against. */
export interface SettingsGround {
  policy: UrlPolicy
  /** Whether mail can be sent. */
  hasMail: boolean
  /** Address at which people open the dashboard; null = none is known. */
  publicUrl: string | null
}

const mostAddresses = 20

/**
 * The address as it is kept.
 * @throws WEBHOOK_URL_INVALID, WEBHOOK_URL_REFUSED, WEBHOOK_SETTINGS_INVALID
 */
export async function checkedSettings(wanted: Wanted, ground: SettingsGround): Promise<string> {
  const { url, format, events, hasCredential } = wanted
  const { policy, hasMail } = ground
  checkLinks(wanted, ground)
  for (const type of events as readonly api.WebhookEventType[]) {
    if (!wantsType({ format, events: [] }, type))
      throw invalid(`the format ${format} has no words for ${type}`)
  }
  if (hasCredential && format !== 'pagerduty') throw invalid(`the format ${format} takes no credential`)
  if (!hasCredential && format === 'pagerduty') throw invalid('PagerDuty needs its routing key as credential')
  const isMail = url.toLowerCase().startsWith('mailto:')
  if (isMail !== (format === 'email')) {
    throw invalid('the format email goes to an address like mailto:name@example.com, and no other does')
  }
  if (!isMail) return (await policy.checkTarget(url)).href
  if (!hasMail) throw invalid('no mail server is set: give DETOUR_SMTP_URL and DETOUR_MAIL_FROM')
  return `mailto:${mailAddresses(url).join(',')}`
}

function checkLinks({ carriesLinks, format }: Wanted, { publicUrl }: SettingsGround): void {
  if (!carriesLinks) return
  if (!wantsType({ format, events: [] }, 'reroute.plan_proposed')) {
    throw invalid(`the format ${format} tells of no plans that links could decide`)
  }
  if (publicUrl === null) throw invalid('links need the address of the dashboard: give DETOUR_PUBLIC_URL')
}

/**
 * The addresses of a `mailto:`.
 * @throws WEBHOOK_URL_INVALID
 */
export function mailAddresses(url: string): string[] {
  const addresses = url
    .replace(/^mailto:/i, '')
    .split(',')
    .map((each) => each.trim())
  const wrong = addresses.find((each) => !/^[^\s@<>",;:?&%\\]{1,64}@[a-z0-9.-]{1,250}$/i.test(each))
  if (wrong !== undefined) {
    throw fail('WEBHOOK_URL_INVALID', { reason: `"${wrong.slice(0, 100)}" is no mail address` })
  }
  if (addresses.length > mostAddresses) {
    throw fail('WEBHOOK_URL_INVALID', { reason: `there are more than ${mostAddresses} addresses` })
  }
  return addresses
}

function invalid(reason: string): Error {
  return fail('WEBHOOK_SETTINGS_INVALID', { reason })
}

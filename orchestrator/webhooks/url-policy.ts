// Where webhooks may go: public https addresses, what the settings allow beside them, and the built-in sink. A name is
// looked up once, at the moment of connecting, and the connection goes to the very address that was checked.

import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { type Clock, fail } from '#data/kernel'

/** Looks a name up, with all its addresses; by default as the machine does. */
export type NameLookup = (
  hostname: string,
  options: { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

/** What decides where webhooks may go. */
export interface UrlPolicyOptions {
  clock: Clock
  /** Names (`*.` in front for all below), addresses and ranges, lower case; as the setting `webhookAllow`. */
  allow: readonly string[]
  /** Base address of this server; its sink may be reached there. null = there is none. */
  ownUrl: string | null
  lookup?: NameLookup
}

/** How an address is reached: over TLS, without it, or as this server's own sink. */
export type Way = 'https' | 'http' | 'own'

/** Addresses of cloud services on the host that lie among public ones. */
const hostServices = new Set(['168.63.129.16'])

/** All of IPv6 that is given out to networks; what lies in it and is special has a range of its own. */
const globalV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/** Longest wait for a name when a receiver is made, ms. */
const lookupMs = 3_000

/** A name led to an address where webhooks may not go. */
export class AddressRefused extends Error {
  constructor(hostname: string, addresses: readonly LookupAddress[]) {
    const list = addresses.map(({ address }) => address).join(', ')
    super(`${hostname} leads to ${list}, where webhooks may not go`)
  }
}

/** Decides where webhooks may go. */
export class UrlPolicy {
  readonly #clock: Clock
  readonly #own: URL | null
  readonly #lookup: NameLookup
  readonly #names: readonly string[]
  readonly #ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]

  constructor({ clock, allow, ownUrl, lookup = systemLookup }: UrlPolicyOptions) {
    this.#clock = clock
    this.#lookup = lookup
    this.#own = ownUrl === null ? null : URL.parse(ownUrl)
    this.#names = allow.filter((each) => !isRange(each))
    this.#ranges = allow.filter(isRange).map(rangeOf)
  }

  /**
   * The address of a receiver, read and checked as far as that goes without asking for names, and how it is reached.
   * @throws WEBHOOK_URL_INVALID when it is no http(s) URL or has a name and password in it
   * @throws WEBHOOK_URL_REFUSED when it leads to where webhooks may not go
   */
  check(text: string): { url: URL; way: Way } {
    const url = URL.parse(text)
    if (url === null) throw fail('WEBHOOK_URL_INVALID', { reason: 'it is no absolute URL' })
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw fail('WEBHOOK_URL_INVALID', { reason: 'it must start with https://' })
    }
    if (url.username !== '' || url.password !== '') {
      throw fail('WEBHOOK_URL_INVALID', { reason: 'it must not hold a user name or a password' })
    }
    if (this.#isOwnSink(url)) return { url, way: 'own' }
    const way = url.protocol === 'https:' ? 'https' : 'http'
    const address = literalOf(url.hostname)
    if (address !== null && !this.#mayReach(address, url.hostname, way)) {
      throw refused(url, isPublic(address) ? onlyTls : inside(address))
    }
    const isHopeless = this.#ranges.length === 0 && !this.#isNamed(url.hostname)
    if (way === 'http' && address === null && isHopeless) throw refused(url, onlyTls)
    return { url, way }
  }

  /**
   * As `check`, and the name must not lead to where webhooks may not go; a name that is unknown now may pass.
   * @throws WEBHOOK_URL_INVALID, WEBHOOK_URL_REFUSED
   */
  async checkTarget(text: string): Promise<URL> {
    const { url, way } = this.check(text)
    if (way === 'own' || literalOf(url.hostname) !== null) return url
    const addresses = await Promise.race([
      this.#addressesOf(url.hostname),
      this.#clock.sleep(lookupMs).then(() => []),
    ])
    const [first] = addresses
    if (first === undefined || this.#among(addresses, url.hostname, way).length > 0) return url
    throw refused(url, isPublic(first.address) ? onlyTls : inside(first.address))
  }

  /** A look-up of names for connections that yields only addresses where this way may lead. */
  lookupFor(way: Way): LookupFunction {
    return (hostname, options, callback) => {
      this.#lookup(hostname, { all: true }, (error, addresses) => {
        if (error !== null) return callback(error, [])
        const allowed = this.#among(addresses, hostname, way)
        const [first] = allowed
        if (first === undefined) return callback(new AddressRefused(hostname, addresses), [])
        if (options.all) callback(null, allowed)
        else callback(null, first.address, first.family)
      })
    }
  }

  #among(addresses: readonly LookupAddress[], hostname: string, way: Way): LookupAddress[] {
    return addresses.filter(({ address }) => this.#mayReach(address, hostname, way))
  }

  #mayReach(address: string, hostname: string, way: Way): boolean {
    if (!ipaddr.isValid(address)) return false
    if (way === 'own') return ipaddr.process(address).range() === 'loopback'
    return (way === 'https' && isPublic(address)) || this.#isNamed(hostname) || this.#isInRange(address)
  }

  #isNamed(hostname: string): boolean {
    const name = hostname.toLowerCase().replace(/\.$/, '')
    return this.#names.some((each) => (each.startsWith('*.') ? name.endsWith(each.slice(1)) : name === each))
  }

  #isInRange(text: string): boolean {
    const address = ipaddr.process(text)
    return this.#ranges.some(([range, bits]) => {
      if (range instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(range, bits)
      return address instanceof ipaddr.IPv6 && address.match(range, bits)
    })
  }

  /** The sink of this very server, under whatever name of this machine. */
  #isOwnSink(url: URL): boolean {
    const own = this.#own
    if (own === null || !/^\/api\/v1\/(markets\/[^/]+\/)?sink\/[^/]+$/.test(url.pathname)) return false
    const isHere = url.protocol === own.protocol && url.port === own.port
    return url.origin === own.origin || (isHere && isThisMachine(url.hostname) && isThisMachine(own.hostname))
  }

  #addressesOf(hostname: string): Promise<LookupAddress[]> {
    return new Promise((resolve) => {
      this.#lookup(hostname, { all: true }, (error, addresses) => resolve(error === null ? addresses : []))
    })
  }
}

/** Whether the address is reached over the internet; every special one is not, however it is written. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || hostServices.has(parsed.toString())) return false
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalV6)
}

const onlyTls = 'plain http is only for hosts that DETOUR_WEBHOOK_ALLOW names, use https'

function inside(address: string): string {
  return `the address ${address} is not public, and DETOUR_WEBHOOK_ALLOW does not name it`
}

/** The host as an address, null where it is a name; URLs write every form of IPv4 in four decimal parts. */
function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(bare) ? bare : null
}

function isThisMachine(hostname: string): boolean {
  const address = literalOf(hostname)
  if (address !== null) return ipaddr.process(address).range() === 'loopback'
  return /^(.+\.)?localhost\.?$/.test(hostname)
}

function isRange(text: string): boolean {
  return ipaddr.isValid(text.split('/')[0] ?? '')
}

/** A range in the family its addresses are compared in: those that map IPv4 into IPv6 are IPv4. */
function rangeOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const [address = '', bits] = text.split('/')
  const parsed = ipaddr.process(address)
  return [parsed, bits === undefined ? (parsed instanceof ipaddr.IPv4 ? 32 : 128) : Number(bits)]
}

function refused(url: URL, reason: string): Error {
  return fail('WEBHOOK_URL_REFUSED', { host: url.host, reason })
}

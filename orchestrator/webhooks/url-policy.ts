// Where webhooks may go: public https, and this machine. It refuses private networks, link-local and metadata
// addresses, whatever way they are written, and a name is checked again at the moment of connecting.

import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { type Clock, fail } from '#data/kernel'

/** Addresses of cloud services on the host that lie among public ones. */
const hostServices = new Set(['168.63.129.16'])

/** Longest wait for a name when a receiver is made, ms. */
const lookupMs = 3_000

/**
 * The address of a receiver, read and checked as far as that goes without asking for names.
 * @throws WEBHOOK_URL_INVALID when it is no http(s) URL or has a name and password in it
 * @throws WEBHOOK_URL_REFUSED when it leads to where webhooks may not go
 */
export function checkedUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw fail('WEBHOOK_URL_INVALID', { reason: 'it is no absolute URL' })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw fail('WEBHOOK_URL_INVALID', { reason: 'it must start with https:// or http://' })
  }
  if (url.username !== '' || url.password !== '') {
    throw fail('WEBHOOK_URL_INVALID', { reason: 'it must not hold a user name or a password' })
  }
  const address = literalOf(url.hostname)
  if (address !== null && !isAllowed(address)) throw refused(url, `the address ${address} is not public`)
  if (url.protocol === 'http:' && !isLocalName(url.hostname)) {
    throw refused(url, 'http:// is only for this machine, use https://')
  }
  return url
}

/**
 * As `checkedUrl`, and the name must not lead to where webhooks may not go; a name that is unknown now may pass.
 * @throws WEBHOOK_URL_INVALID, WEBHOOK_URL_REFUSED
 */
export async function checkedTarget(text: string, clock: Clock): Promise<URL> {
  const url = checkedUrl(text)
  if (literalOf(url.hostname) !== null) return url
  const addresses = await Promise.race([addressesOf(url.hostname), clock.sleep(lookupMs).then(() => [])])
  const [first] = addresses
  if (first !== undefined && allowedAmong(addresses, url.protocol).length === 0) {
    throw refused(url, `its address ${first.address} is not public`)
  }
  return url
}

/** Whether webhooks may go to the address: public or loopback. */
export function isAllowed(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  const range = parsed.range()
  return (range === 'unicast' && !hostServices.has(parsed.toString())) || range === 'loopback'
}

/** A look-up of names for connections that yields allowed addresses only; plain http stays on this machine. */
export function guardedLookup(protocol: 'http:' | 'https:'): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const allowed = allowedAmong(addresses, protocol)
      const [first] = allowed
      if (first === undefined) return callback(new AddressRefused(hostname, addresses), [])
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

/** A name led to an address where webhooks may not go. */
export class AddressRefused extends Error {
  constructor(hostname: string, addresses: readonly LookupAddress[]) {
    const list = addresses.map(({ address }) => address).join(', ')
    super(`${hostname} leads to ${list}, where webhooks may not go`)
  }
}

function allowedAmong(addresses: readonly LookupAddress[], protocol: string): LookupAddress[] {
  return addresses.filter(
    ({ address }) =>
      isAllowed(address) && (protocol === 'https:' || ipaddr.process(address).range() === 'loopback'),
  )
}

/** The host as an address, null where it is a name; URLs write every form of IPv4 in four decimal parts. */
function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(bare) ? bare : null
}

function isLocalName(hostname: string): boolean {
  const address = literalOf(hostname)
  if (address !== null) return ipaddr.process(address).range() === 'loopback'
  return /^(.+\.)?localhost\.?$/.test(hostname)
}

function addressesOf(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve) => {
    lookup(hostname, { all: true }, (error, addresses) => resolve(error === null ? addresses : []))
  })
}

function refused(url: URL, reason: string): Error {
  return fail('WEBHOOK_URL_REFUSED', { host: url.host, reason })
}

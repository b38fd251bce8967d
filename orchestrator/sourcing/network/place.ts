// Keys under which lanes, rates and centroids find a place: the same words whatever case, spaces or dashes they were
// written in. It knows no coordinates.

import type { LanePlace } from './compiled.ts'

const short: Record<string, string> = {
  USA: 'US',
  'UNITED STATES OF AMERICA': 'US',
  CAN: 'CA',
  MEX: 'MX',
  BRA: 'BR',
  GBR: 'GB',
  UK: 'GB',
  DEU: 'DE',
  FRA: 'FR',
  AUS: 'AU',
}

let byName: Map<string, string> | null = null

/** Two letters of a country that is written as code or as English name; what is neither, in capitals. */
export function countryKey(country: string): string {
  const text = country.trim().toUpperCase()
  if (text.length <= 2 && short[text] === undefined) return text
  byName ??= countryNames()
  return short[text] ?? byName.get(text) ?? text
}

function countryNames(): Map<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i))
  const pairs = letters.flatMap((first) => letters.map((second) => first + second))
  const found = new Map<string, string>()
  for (const pair of pairs) {
    const name = names.of(pair)?.toUpperCase()
    if (name !== undefined && !found.has(name)) found.set(name, pair)
  }
  return found
}

/** A postal code without spaces and dashes; five digits where the US lost their leading zeros. */
export function postalKey(country: string | null, postalCode: string): string {
  const text = postalCode.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
  return country === 'US' && /^[0-9]{3,4}$/.test(text) ? text.padStart(5, '0') : text
}

/** A region, zone or other word, for comparing. */
export function wordKey(text: string): string {
  return text.trim().toUpperCase()
}

/** A city or region, for comparing: without accents, punctuation and case. */
export function nameKey(text: string): string {
  // Most names are plain already.
  if (/^[A-Za-z]+(?: [A-Za-z]+)*$/.test(text)) return text.toUpperCase()
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Key of a destination as a lane or a rate writes it: zone, `country/prefix*`, `country/region`, `country` or `*`. */
export function patternKey(pattern: string): string {
  const text = pattern.trim()
  if (text === '*') return '*'
  const slash = text.indexOf('/')
  // A zone may bear the name of a country: both are found under the same word.
  if (slash < 0) return wordKey(countryKey(text))
  const country = countryKey(text.slice(0, slash))
  const rest = text.slice(slash + 1).trim()
  if (rest === '' || rest === '*') return country
  if (rest.endsWith('*')) return `${country}/${postalPrefix(rest)}*`
  return `${country}/${wordKey(rest)}`
}

function postalPrefix(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** A destination's own words, normalised; null where it has none. */
export interface PlaceKeys {
  zone: string | null
  country: string | null
  region: string | null
  postal: string | null
}

/**
 * Words of a destination.
 * @param homeCountry what a destination without a country is taken to be in
 */
export function placeKeys(to: LanePlace, homeCountry: string | null): PlaceKeys {
  const [zone, named, region, postalCode] = [to.zone, to.country, to.region, to.postalCode].map(filled)
  const country = named ? countryKey(named) : homeCountry
  return {
    zone: zone ? wordKey(zone) : null,
    country,
    region: region ? wordKey(region) : null,
    postal: postalCode ? postalKey(country, postalCode) : null,
  }
}

/**
 * Keys that fit a destination, the narrowest first: zone, postal prefixes from long to short, region, country, all.
 * @param prefixLengths lengths of the prefixes that anything is written for, falling
 */
export function destinationKeys(place: PlaceKeys, prefixLengths: readonly number[]): string[] {
  const { zone, country, region, postal } = place
  const keys: string[] = []
  if (zone !== null) keys.push(patternKey(zone))
  if (country !== null) {
    if (postal !== null) {
      for (const length of prefixLengths) {
        if (length <= postal.length) keys.push(`${country}/${postal.slice(0, length)}*`)
      }
    }
    if (region !== null) keys.push(`${country}/${region}`)
    keys.push(country)
  }
  keys.push('*')
  return [...new Set(keys)]
}

/** Length of the postal prefix that a key is for, 0 where it is for none. */
export function prefixLength(key: string): number {
  return key.endsWith('*') && key.includes('/') ? key.length - key.indexOf('/') - 2 : 0
}

/** Text that says something, else null. */
export function filled(text: string | null | undefined): string | null {
  return text === null || text === undefined || text.trim() === '' ? null : text
}

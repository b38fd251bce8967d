// Where postal codes, cities and regions are, offline: the United States and Canada from a package, other countries
// from tables that are given. It asks nobody and keeps no address.

import { createRequire } from 'node:module'
import type { api } from '#data/contracts'
import { Middle, type Point, pointOf } from './distance.ts'
import { countryKey, nameKey, postalKey } from './place.ts'

/** A row of a table of centroids; country as code or name. */
export interface Centroid {
  country: string
  postalCode: string | null
  region: string | null
  city: string | null
  latitude: number
  longitude: number
}

/** Places of a country by key. */
type PlaceKind = 'postal' | 'cities' | 'regions'

/** Takes places of a country in, one by one. */
class CountryTable {
  readonly #country: string
  readonly #middles: Record<PlaceKind, Map<string, Middle>> = {
    postal: new Map(),
    cities: new Map(),
    regions: new Map(),
  }

  constructor(country: string) {
    this.#country = country
  }

  add({ postalCode, region, city }: Pick<Centroid, 'postalCode' | 'region' | 'city'>, point: Point): void {
    const postal = postalCode === null ? '' : codeKey(this.#country, postalCode)
    for (let length = shortestPrefix(postal); length <= postal.length && length > 0; length += 1) {
      this.#addTo('postal', postal.slice(0, length), point)
    }
    const regionName = region === null ? '' : regionKey(this.#country, region)
    const cityName = city === null ? '' : nameKey(city)
    if (regionName !== '') this.#addTo('regions', regionName, point)
    if (cityName !== '') this.#addTo('cities', `${regionName}/${cityName}`, point)
  }

  /** What was taken in, ready to be asked. */
  places(): CountryPlaces {
    return new CountryPlaces(
      this.#country,
      this.#pointsOf('postal'),
      this.#pointsOf('cities'),
      this.#pointsOf('regions'),
    )
  }

  #pointsOf(kind: PlaceKind): Map<string, Point> {
    return new Map(Array.from(this.#middles[kind], ([key, middle]) => [key, middle.point()]))
  }

  #addTo(kind: PlaceKind, key: string, point: Point): void {
    let middle = this.#middles[kind].get(key)
    if (middle === undefined) {
      middle = new Middle()
      this.#middles[kind].set(key, middle)
    }
    middle.add(point)
  }
}

/** Middles of a country's places, found by postal prefix, by city and region, and by region. */
class CountryPlaces {
  readonly #country: string
  readonly #postal: ReadonlyMap<string, Point>
  readonly #cities: ReadonlyMap<string, Point>
  readonly #regions: ReadonlyMap<string, Point>

  constructor(
    country: string,
    postal: ReadonlyMap<string, Point>,
    cities: ReadonlyMap<string, Point>,
    regions: ReadonlyMap<string, Point>,
  ) {
    this.#country = country
    this.#postal = postal
    this.#cities = cities
    this.#regions = regions
  }

  find(postalCode: string | null, city: string | null, region: string | null): Point | null {
    const postal = postalCode === null ? '' : codeKey(this.#country, postalCode)
    for (let length = postal.length; length > 0 && length >= shortestPrefix(postal); length -= 1) {
      const point = this.#postal.get(postal.slice(0, length))
      if (point !== undefined) return point
    }
    const regionName = region === null ? '' : regionKey(this.#country, region)
    const inCity = city === null ? undefined : this.#cities.get(`${regionName}/${nameKey(city)}`)
    return inCity ?? this.#regions.get(regionName) ?? null
  }
}

/** Half a postal code says where it is; less than that does not. */
function shortestPrefix(postal: string): number {
  return Math.ceil(postal.length / 2)
}

/** A postal code for centroids: of the four digits that may follow a ZIP code nothing is known. */
function codeKey(country: string, postalCode: string): string {
  const code = postalKey(country, postalCode)
  return country === 'US' ? code.slice(0, 5) : code
}

const bundled = new Map<string, CountryPlaces>()
let abbreviations: Map<string, string> | null = null

const load = createRequire(import.meta.url)

interface BundledCode {
  zip: string
  latitude: number
  longitude: number
  city: string
  state: string
}

/** Of US and CA from the package, read when first asked for. */
function bundledPlaces(country: string): CountryPlaces | null {
  if (country !== 'US' && country !== 'CA') return null
  let places = bundled.get(country)
  if (places === undefined) {
    const table = new CountryTable(country)
    const file = country === 'US' ? 'zipcodes/lib/codes.js' : 'zipcodes/lib/codesCanada.js'
    const { codes } = load(file) as { codes: Record<string, BundledCode> }
    for (const { zip, latitude, longitude, city, state } of Object.values(codes)) {
      // Codes without a place of their own, such as those of the armed forces, are written as 0, 0.
      const point = latitude === 0 && longitude === 0 ? null : pointOf(latitude, longitude)
      if (point !== null) table.add({ postalCode: zip, region: state, city }, point)
    }
    places = table.places()
    bundled.set(country, places)
  }
  return places
}

/** A region's word; full names of states and provinces are their two letters. */
function regionKey(country: string, region: string): string {
  const name = nameKey(region)
  if (country !== 'US' && country !== 'CA') return name
  if (abbreviations === null) {
    const { full } = load('zipcodes/lib/states.js') as { full: Record<string, string> }
    const more = {
      'NORTHWEST TERRITORIES': 'NT',
      'NORTHWEST TERRITORY': 'NT',
      'NUNAVUT TERRITORY': 'NU',
      YUKON: 'YT',
    }
    abbreviations = new Map(Object.entries({ ...full, ...more }))
  }
  return abbreviations.get(name) ?? name
}

/** Centroids of tables over those of the package. */
export class Centroids {
  readonly #given = new Map<string, CountryPlaces>()

  /** What is odd about the tables. */
  readonly findings: readonly api.NetworkFinding[]

  /** @param rows those without a place on the globe are left out */
  constructor(rows: Iterable<Centroid> = [], findings: readonly api.NetworkFinding[] = []) {
    this.findings = findings
    const tables = new Map<string, CountryTable>()
    for (const row of rows) {
      const point = pointOf(row.latitude, row.longitude)
      if (point === null) continue
      const country = countryKey(row.country)
      let table = tables.get(country)
      if (table === undefined) {
        table = new CountryTable(country)
        tables.set(country, table)
      }
      table.add(row, point)
    }
    for (const [country, table] of tables) this.#given.set(country, table.places())
  }

  /** The only country that tables were given for, else null. */
  get onlyCountry(): string | null {
    return this.#given.size === 1 ? (this.#given.keys().next().value ?? null) : null
  }

  /**
   * Where a place is: the middle of the longest postal prefix with data, else of its city in its region, else of its
   * region; null = unknown.
   * @param country two letters
   */
  find(
    country: string,
    place: { postalCode: string | null; city: string | null; region: string | null },
  ): Point | null {
    const { postalCode, city, region } = place
    const own = this.#given.get(country)?.find(postalCode, city, region) ?? null
    return own ?? bundledPlaces(country)?.find(postalCode, city, region) ?? null
  }
}

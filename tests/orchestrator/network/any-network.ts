// Networks by chance for properties: every field within its shape, texts that trip up files, and every name that is
// used is there.

import fc from 'fast-check'
import { type api, methods, nodeTypes } from '#data/contracts'

/** Texts that trip up files: quotes, commas, line breaks, blanks, other scripts, what looks like numbers or YAML. */
const oddText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom(
    'a,b',
    'say "so"',
    ' led',
    'two\nlines',
    'two\r\nlines',
    "'",
    'null',
    '~',
    '12',
    '1e3',
    'true',
    '=1+1',
  ),
  fc.constantFrom(
    '- a',
    'a: b',
    '#x',
    'Zürich',
    '東京',
    '*',
    '&a',
    '!t',
    '{',
    '[',
    'no',
    '08:00',
    '2026-01-01',
    ';',
  ),
)
const text = oddText.filter(
  (value) => !value.includes('\0') && value.isWellFormed() && [...value].length <= 20,
)
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const amount = (max: number) =>
  fc.oneof(fc.nat({ max: Math.min(max, 1e9) }), fc.double({ min: 0, max, noNaN: true }))
const positive = (value: number) => (value === 0 ? 0 : value)
const cost = amount(1e12).map(positive)
const count = orNull(fc.nat({ max: 1e9 }))
const time = fc
  .tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
const date = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10))
const day = fc.integer({ min: 1, max: 7 })
const days = fc.uniqueArray(day, { maxLength: 7 })
const spread = orNull(
  fc.record({ medianHours: amount(100_000).map(positive), p90Hours: amount(100_000).map(positive) }),
)
const idsOf = (ids: readonly string[]) =>
  ids.length === 0 ? fc.constant<string[]>([]) : fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 })
const oneOf = (ids: readonly string[]) =>
  ids.length === 0 ? fc.constant(null) : orNull(fc.constantFrom(...ids))

/** One of the ids; nothing is made of it where there is none. */
const someOf = (ids: readonly string[]) => fc.constantFrom(...(ids.length === 0 ? ['none'] : ids))

interface Names {
  groups: string[]
  calendars: string[]
  carriers: string[]
  services: string[]
}

const node = (names: Names): fc.Arbitrary<Omit<api.NetworkNode, 'nodeId'>> =>
  fc.record({
    name: orNull(text),
    type: orNull(fc.constantFrom(...nodeTypes)),
    timeZone: orNull(fc.constantFrom('UTC', 'America/New_York')),
    country: orNull(text),
    region: orNull(text),
    city: orNull(text),
    postalCode: orNull(text),
    latitude: orNull(fc.double({ min: -90, max: 90, noNaN: true }).map(positive)),
    longitude: orNull(fc.double({ min: -180, max: 180, noNaN: true }).map(positive)),
    isActive: fc.boolean(),
    activeFrom: orNull(date),
    activeUntil: orNull(date),
    groupIds: idsOf(names.groups),
    calendarId: oneOf(names.calendars),
    cutOff: orNull(time),
    pickups: fc.array(fc.record({ carrierId: oneOf(names.carriers), days, time }), { maxLength: 3 }),
    processing: spread,
    orderCostCents: orNull(cost),
    lineCostCents: orNull(cost),
    unitCostCents: orNull(cost),
    capacity: fc.record({
      ordersPerDay: count,
      linesPerDay: count,
      unitsPerDay: count,
      ordersPerHour: count,
    }),
    methods: fc.uniqueArray(fc.constantFrom(...methods)),
    priority: fc.nat({ max: 1_000_000 }),
    safetyUnits: count,
    safetyPercent: orNull(amount(100).map(positive)),
    onlyCustomers: fc.uniqueArray(text, { maxLength: 3 }),
    serviceIds: idsOf(names.services),
  })

const calendar = fc.record({
  name: fc.string({ maxLength: 5 }).filter((value) => !value.includes('\0')),
  hours: fc.array(fc.record({ day, opens: time, closes: time }), { maxLength: 3 }),
  holidays: fc.uniqueArray(date, { maxLength: 3 }),
  extraDays: fc.array(fc.record({ date, opens: time, closes: time }), { maxLength: 2 }),
})

const service = (carriers: string[]) =>
  fc.record({
    carrierId: someOf(carriers),
    name: text,
    isActive: fc.boolean(),
    dimDivisor: orNull(fc.double({ min: 1e-3, max: 1e9, noNaN: true })),
    maxWeightG: orNull(cost),
    co2GramsPerTonneKm: orNull(cost),
    deliveryDays: days,
    transit: spread,
  })

const lane = (services: string[]) =>
  fc.record({
    serviceId: someOf(services),
    origin: text,
    destination: text,
    zone: orNull(text),
    distanceKm: orNull(cost),
    transit: spread,
  })

const band = fc.record({
  origin: text,
  destination: text,
  zone: orNull(text),
  weightFromG: cost,
  weightToG: orNull(cost),
  distanceFromKm: cost,
  distanceToKm: orNull(cost),
  baseCents: cost,
  perKgCents: cost,
  perKmCents: cost,
  minimumCents: cost,
})

const rateCard = (services: string[]) =>
  fc.record({
    serviceId: someOf(services),
    factor: amount(1_000).map(positive),
    validFrom: orNull(date),
    validUntil: orNull(date),
    freeFromCents: orNull(cost),
    bands: fc.array(band, { maxLength: 4 }),
  })

const names = fc.uniqueArray(text, { maxLength: 4 }).map((ids) => ids.sort())

/** Entries with ids, in their order. */
function listOf<T extends object, K extends string>(key: K, ids: readonly string[], entry: fc.Arbitrary<T>) {
  return fc
    .tuple(...ids.map(() => entry))
    .map((entries) => entries.map((each, i) => ({ [key]: ids[i] ?? '', ...each }) as T & Record<K, string>))
}

/** A network by chance. */
export const anyNetwork: fc.Arbitrary<api.NetworkDocument> = fc
  .tuple(names, names, names, names, names, names, names)
  .chain(([nodes, groups, calendars, carriers, serviceNames, lanes, rateCards]) => {
    const services = carriers.length === 0 ? [] : serviceNames
    const needed = services.length === 0 ? [] : null
    return fc.record({
      nodes: listOf('nodeId', nodes, node({ groups, calendars, carriers, services })),
      groups: listOf('groupId', groups, fc.record({ name: text })),
      calendars: listOf('calendarId', calendars, calendar),
      carriers: listOf('carrierId', carriers, fc.record({ name: text, isActive: fc.boolean() })),
      services: listOf('serviceId', services, service(carriers)),
      lanes: listOf('laneId', needed ?? lanes, lane(services)),
      rateCards: listOf('rateCardId', needed ?? rateCards, rateCard(services)),
    })
  })

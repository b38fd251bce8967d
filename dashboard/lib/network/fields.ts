// The fields of each list of the network as its dialog asks for them: words, kinds, choices. It keeps no values.

import type { ListName } from './entries.ts'

interface Base {
  /** Path in the entry. */
  name: string
  label: string
  hint?: string
  isHalf?: boolean
  isRequired?: boolean
}

/** A field of an entry. */
export type EntryField =
  | (Base & { kind: 'id' | 'text' | 'clock' | 'date' | 'check' | 'money' | 'spread' })
  /** Text that is empty rather than null. */
  | (Base & { kind: 'words' })
  | (Base & { kind: 'number'; least?: number; most?: number; isWhole?: boolean; isSure?: boolean })
  | (Base & { kind: 'choice'; options: readonly Option[]; none?: string })
  | (Base & { kind: 'entry'; from: ListName; none?: string })
  | (Base & { kind: 'many'; options: readonly Option[] })
  | (Base & { kind: 'entries'; from: ListName })
  | (Base & { kind: 'list' | 'dates' | 'extraDays' | 'hours' | 'pickups' | 'bands' })

/** A value with its words. */
export interface Option {
  value: string | number
  title: string
}

/** Fields that belong together. */
export interface FieldGroup {
  title: string
  fields: readonly EntryField[]
}

/** Days of the week, 1 = Monday. */
export const weekdays: readonly Option[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map(
  (title, i) => ({
    value: i + 1,
    title,
  }),
)

/** Kinds of node. */
export const nodeTypeOptions: readonly Option[] = [
  { value: 'warehouse', title: 'Warehouse' },
  { value: 'store', title: 'Store' },
  { value: '3pl', title: '3PL' },
  { value: 'dropship', title: 'Drop-ship vendor' },
]

/** Ways in which orders reach their customers. */
export const methodOptions: readonly Option[] = [
  { value: 'delivery', title: 'Delivery' },
  { value: 'pickup', title: 'Pick-up' },
  { value: 'curbside', title: 'Curbside' },
  { value: 'ship_to_store', title: 'Ship to store' },
]

const whole = { kind: 'number', isWhole: true, least: 0, isHalf: true } as const
const placeHint = '*, a node, or a group'
const targetHint = 'country, country/region, country/postal prefix*, or a zone'

const nodeFields: readonly FieldGroup[] = [
  {
    title: 'What and where',
    fields: [
      { kind: 'id', name: 'nodeId', label: 'Id', isHalf: true, isRequired: true },
      {
        kind: 'choice',
        name: 'type',
        label: 'Type',
        options: nodeTypeOptions,
        none: 'as files say',
        isHalf: true,
      },
      { kind: 'text', name: 'name', label: 'Name' },
      { kind: 'text', name: 'city', label: 'City', isHalf: true },
      { kind: 'text', name: 'region', label: 'Region', isHalf: true },
      { kind: 'text', name: 'postalCode', label: 'Postal code', isHalf: true },
      { kind: 'text', name: 'country', label: 'Country', hint: 'two letters', isHalf: true },
      { kind: 'number', name: 'latitude', label: 'Latitude', least: -90, most: 90, isHalf: true },
      { kind: 'number', name: 'longitude', label: 'Longitude', least: -180, most: 180, isHalf: true },
      { kind: 'text', name: 'timeZone', label: 'Time zone', hint: 'for example America/Chicago' },
    ],
  },
  {
    title: 'When it works',
    fields: [
      { kind: 'check', name: 'isActive', label: 'It takes orders' },
      { kind: 'date', name: 'activeFrom', label: 'From', isHalf: true },
      { kind: 'date', name: 'activeUntil', label: 'Until', isHalf: true },
      {
        kind: 'entry',
        name: 'calendarId',
        label: 'Calendar',
        from: 'calendars',
        none: 'works always',
        isHalf: true,
      },
      { kind: 'clock', name: 'cutOff', label: 'Cut-off', hint: 'in its own time zone', isHalf: true },
      { kind: 'pickups', name: 'pickups', label: 'Pick-ups', hint: 'none = goods leave when they are ready' },
      { kind: 'spread', name: 'processing', label: 'Processing, hours', hint: 'empty = as history says' },
    ],
  },
  {
    title: 'What it can take',
    fields: [
      { ...whole, name: 'capacity.ordersPerDay', label: 'Orders a day' },
      { ...whole, name: 'capacity.ordersPerHour', label: 'Orders an hour' },
      { ...whole, name: 'capacity.linesPerDay', label: 'Lines a day' },
      { ...whole, name: 'capacity.unitsPerDay', label: 'Units a day', hint: 'empty = no limit' },
      { ...whole, name: 'priority', label: 'Priority', hint: '0 = first', isSure: true },
      {
        kind: 'many',
        name: 'methods',
        label: 'Methods',
        hint: 'none = what its type usually does',
        options: methodOptions,
      },
      { kind: 'entries', name: 'groupIds', label: 'Groups', from: 'groups' },
      {
        kind: 'entries',
        name: 'serviceIds',
        label: 'Services',
        hint: 'none = every service with a lane from here',
        from: 'services',
      },
      {
        kind: 'list',
        name: 'onlyCustomers',
        label: 'Only these customers',
        hint: 'one a line; none = everybody',
      },
    ],
  },
  {
    title: 'What it costs and keeps back',
    fields: [
      { kind: 'money', name: 'orderCostCents', label: 'Each order', isHalf: true },
      { kind: 'money', name: 'lineCostCents', label: 'Each line', isHalf: true },
      {
        kind: 'money',
        name: 'unitCostCents',
        label: 'Each unit',
        hint: 'empty = as history says',
        isHalf: true,
      },
      { ...whole, name: 'safetyUnits', label: 'Units kept back of each SKU' },
      {
        kind: 'number',
        name: 'safetyPercent',
        label: 'Share kept back, %',
        least: 0,
        most: 100,
        isHalf: true,
      },
    ],
  },
]

const service = {
  kind: 'entry',
  name: 'serviceId',
  label: 'Service',
  from: 'services',
  isRequired: true,
  isHalf: true,
} as const
const flat = (fields: readonly EntryField[]): readonly FieldGroup[] => [{ title: '', fields }]
const named = (id: string): EntryField[] => [
  { kind: 'id', name: id, label: 'Id', isHalf: true, isRequired: true },
  { kind: 'words', name: 'name', label: 'Name', isHalf: true },
]

/** Fields of the entries of each list. */
export const fieldsOf: Record<ListName, readonly FieldGroup[]> = {
  nodes: nodeFields,
  groups: flat(named('groupId')),
  calendars: flat([
    ...named('calendarId'),
    { kind: 'hours', name: 'hours', label: 'Hours of a week' },
    { kind: 'dates', name: 'holidays', label: 'Holidays', hint: 'one a line, for example 2026-12-25' },
    {
      kind: 'extraDays',
      name: 'extraDays',
      label: 'Other days',
      hint: 'one a line, for example 2026-12-20 09:00-16:00',
    },
  ]),
  carriers: flat([...named('carrierId'), { kind: 'check', name: 'isActive', label: 'It can be used' }]),
  services: flat([
    ...named('serviceId'),
    { kind: 'entry', name: 'carrierId', label: 'Carrier', from: 'carriers', isRequired: true },
    { kind: 'check', name: 'isActive', label: 'It can be used' },
    { kind: 'spread', name: 'transit', label: 'Transit, hours', hint: 'empty = as lanes or history say' },
    { kind: 'number', name: 'maxWeightG', label: 'Weight at most, g', least: 0, isHalf: true },
    {
      kind: 'number',
      name: 'dimDivisor',
      label: 'Dimensional divisor',
      hint: 'cm³ that count as 1 kg',
      least: 0,
      isHalf: true,
    },
    { kind: 'number', name: 'co2GramsPerTonneKm', label: 'CO₂, g per tonne and km', least: 0, isHalf: true },
    { kind: 'many', name: 'deliveryDays', label: 'Delivers on', hint: 'none = every day', options: weekdays },
  ]),
  lanes: flat([
    { kind: 'id', name: 'laneId', label: 'Id', isHalf: true, isRequired: true },
    service,
    { kind: 'words', name: 'origin', label: 'From', hint: placeHint, isHalf: true, isRequired: true },
    { kind: 'words', name: 'destination', label: 'To', hint: targetHint, isHalf: true, isRequired: true },
    { kind: 'text', name: 'zone', label: 'Zone', isHalf: true },
    { kind: 'number', name: 'distanceKm', label: 'Distance, km', least: 0, isHalf: true },
    { kind: 'spread', name: 'transit', label: 'Transit, hours', hint: 'empty = as the service says' },
  ]),
  rateCards: flat([
    { kind: 'id', name: 'rateCardId', label: 'Id', isHalf: true, isRequired: true },
    service,
    {
      kind: 'number',
      name: 'factor',
      label: 'Factor on every amount',
      least: 0,
      most: 1000,
      isHalf: true,
      isSure: true,
    },
    { kind: 'money', name: 'freeFromCents', label: 'Free from a value of goods of', isHalf: true },
    { kind: 'date', name: 'validFrom', label: 'Valid from', isHalf: true },
    { kind: 'date', name: 'validUntil', label: 'Valid until', isHalf: true },
    {
      kind: 'bands',
      name: 'bands',
      label: 'Bands',
      hint: 'weights in kg; both ends within; the cheapest that fits counts',
    },
  ]),
}

/** Whether the dialog of a list needs much room. */
export function isWide(list: ListName): boolean {
  return list === 'rateCards'
}

/** What of an entry is still missing or wrong, in words; null where it can be saved. */
export function missingOf(list: ListName, read: (path: string) => unknown): string | null {
  for (const { fields } of fieldsOf[list]) {
    for (const field of fields) {
      const value = read(field.name)
      if (field.isRequired === true && (value === null || value === '')) return `“${field.label}” is missing.`
      if (field.kind === 'number' && field.isSure === true && value === null)
        return `“${field.label}” is missing.`
    }
  }
  return null
}

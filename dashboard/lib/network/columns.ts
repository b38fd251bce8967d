// The columns of each list of the network as its table shows it. Pure; it edits nothing.

import type { api } from '#data/contracts'
import { count, money } from '../numbers.ts'
import { methodWord, nodeWord } from '../words.ts'
import { type Entry, entriesOf, idOf, type ListName, nameIn, titleOf } from './entries.ts'
import { hoursWords, spreadWords } from './words.ts'

/** A column. */
export interface Column {
  title: string
  isNumber?: boolean
  /** Left out where room is short. */
  isRare?: boolean
  /** Left out on a phone only. */
  isLess?: boolean
  text: (entry: Entry, among: Among) => string
}

/** What columns look things up in. */
export interface Among {
  document: api.NetworkDocument
  currency: string | null
}

type Of<L extends ListName> = api.NetworkDocument[L][number]
type Make<L extends ListName> = (entry: Of<L>, among: Among) => string

const column =
  <L extends ListName>() =>
  (title: string, text: Make<L>, more: Partial<Column> = {}): Column => ({
    title,
    text: text as unknown as Column['text'],
    ...more,
  })
const number = { isNumber: true }
const rare = { isRare: true }

/** An amount in the market's currency; without a symbol where that is not known. */
export function amount(cents: number | null, currency: string | null): string {
  if (cents === null) return ''
  return currency === null ? (cents / 100).toFixed(2) : money(cents, currency, true)
}

const node = column<'nodes'>()
const group = column<'groups'>()
const calendar = column<'calendars'>()
const carrier = column<'carriers'>()
const service = column<'services'>()
const lane = column<'lanes'>()
const card = column<'rateCards'>()

/** How many entries of a list name an id in a field. */
function naming(among: Among, list: ListName, field: string, id: string): string {
  const found = entriesOf(among.document, list).filter((entry) => {
    const value = entry[field]
    return Array.isArray(value) ? value.includes(id) : value === id
  })
  return count(found.length)
}

/** Columns of a list beside the name of the entry and its state. */
export const columnsOf: Record<ListName, readonly Column[]> = {
  nodes: [
    node('Type', (one) => (one.type === null ? '' : nodeWord(one.type))),
    node(
      'Where',
      (one) => [one.city, one.region, one.country].filter((part) => part !== null).join(', '),
      rare,
    ),
    node('Cut-off', (one) => one.cutOff ?? ''),
    node('Calendar', (one, { document }) => nameIn(document, 'calendars', one.calendarId), rare),
    node(
      'Orders a day',
      (one) => (one.capacity.ordersPerDay === null ? '' : count(one.capacity.ordersPerDay)),
      { ...number, isLess: true },
    ),
    node('Each order', (one, { currency }) => amount(one.orderCostCents, currency), { ...number, ...rare }),
    node('Methods', (one) => one.methods.map((method) => methodWord(method)).join(', '), rare),
  ],
  groups: [group('Nodes', (one, among) => naming(among, 'nodes', 'groupIds', one.groupId), number)],
  calendars: [
    calendar('Hours', (one) => hoursWords(one.hours)),
    calendar('Holidays', (one) => count(one.holidays.length), number),
    calendar('Nodes', (one, among) => naming(among, 'nodes', 'calendarId', one.calendarId), {
      ...number,
      ...rare,
    }),
  ],
  carriers: [
    carrier('Services', (one, among) => naming(among, 'services', 'carrierId', one.carrierId), number),
  ],
  services: [
    service('Carrier', (one, { document }) => nameIn(document, 'carriers', one.carrierId)),
    service('Transit', (one) => spreadWords(one.transit)),
    service('Lanes', (one, among) => naming(among, 'lanes', 'serviceId', one.serviceId), {
      ...number,
      ...rare,
    }),
    service('Rate cards', (one, among) => naming(among, 'rateCards', 'serviceId', one.serviceId), {
      ...number,
      ...rare,
    }),
  ],
  lanes: [
    lane('Service', (one, { document }) => nameIn(document, 'services', one.serviceId)),
    lane('Transit', (one) => spreadWords(one.transit)),
    lane('Zone', (one) => one.zone ?? '', rare),
    lane('Distance', (one) => (one.distanceKm === null ? '' : `${count(one.distanceKm)} km`), {
      ...number,
      ...rare,
    }),
  ],
  rateCards: [
    card('Service', (one, { document }) => nameIn(document, 'services', one.serviceId)),
    card('Bands', (one) => count(one.bands.length), number),
    card('Factor', (one) => String(one.factor), { ...number, ...rare }),
    card('Free from', (one, { currency }) => amount(one.freeFromCents, currency), { ...number, ...rare }),
    card(
      'Valid',
      (one) =>
        one.validFrom === null && one.validUntil === null
          ? 'always'
          : `${one.validFrom ?? ''} – ${one.validUntil ?? ''}`,
      rare,
    ),
  ],
}

/** Why an entry is not used now, in a word; null where it is. */
export function offWord(list: ListName, entry: Entry, today: string): string | null {
  if (entry.isActive === false) return list === 'nodes' ? 'Closed' : 'Not used'
  const from = (entry.activeFrom ?? entry.validFrom ?? null) as string | null
  const until = (entry.activeUntil ?? entry.validUntil ?? null) as string | null
  if (from !== null && from > today) return `From ${from}`
  if (until !== null && until < today) return 'Over'
  return null
}

/** Entries whose id, name or columns hold the text. */
export function searched(
  list: ListName,
  entries: readonly Entry[],
  text: string,
  among: Among,
): readonly Entry[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return entries
  return entries.filter((entry) => {
    const words = [
      idOf(list, entry),
      titleOf(list, entry),
      ...columnsOf[list].map((one) => one.text(entry, among)),
    ]
    return words.some((word) => word.toLowerCase().includes(wanted))
  })
}

// How a constraint is said: one sentence with what is seen, what is normal and where. It decides nothing.

/** What a sentence is made of. */
export interface Observation {
  metric: string
  /** Name of the node or carrier for people. */
  name: string
  value: number | null
  expectedLow: number | null
  expectedHigh: number | null
  unit: string
}

/** Metrics that only constraints name, not the catalogue: what they are called, and in what they are counted. */
export const ownMetrics: Readonly<Record<string, { title: string; unit: string }>> = {
  work_picked: { title: 'Orders picked', unit: 'orders' },
  work_packed: { title: 'Orders packed', unit: 'orders' },
  repeated_orders: { title: 'Repeated orders', unit: 'share' },
  freight_per_parcel: { title: 'Freight per parcel', unit: 'cents' },
  receiver_failing: { title: 'Failed messages', unit: 'records' },
  refused_moves: { title: 'Refused moves', unit: 'orders' },
  hours_without_goods: { title: 'Time since goods came', unit: 'hours' },
}

type Phrase = (name: string, seen: string, usual: string) => string

const phrases: Record<string, Phrase> = {
  backlog: (name, seen, usual) => `${name} is falling behind: ${seen} orders wait where ${usual} are normal`,
  past_due: (name, seen, usual) =>
    `${name} is late: ${seen} orders are past their ship-by time where ${usual} are normal`,
  in_jeopardy: (name, seen, usual) =>
    `${name} is running out of time: ${seen} orders are due soon where ${usual} are normal`,
  lines_shipped: (name, seen, usual) =>
    `${name} ships too little: ${seen} lines an hour where ${usual} are normal`,
  work_picked: (name, seen, usual) =>
    `${name} picks too little: ${seen} orders an hour where ${usual} are normal`,
  work_packed: (name, seen, usual) =>
    `${name} packs too little: ${seen} orders an hour where ${usual} are normal`,
  fulfillment_orders_shipped: (name, seen, usual) =>
    `${name} sends too little: ${seen} orders an hour where ${usual} are normal`,
  delivered_orders: (name, seen, usual) =>
    `${name} delivers late: ${seen} parcels an hour where ${usual} are normal`,
  cancellations: (name, seen, usual) =>
    `${name} loses orders: ${seen} cancellations an hour where ${usual} are normal`,
  repeated_orders: (name, seen, usual) =>
    `${name} sends orders twice: ${seen} repeat one of the same hour where ${usual} are normal`,
  order_lines: (name, seen, usual) => `${name} is wanted: ${seen} lines an hour where ${usual} are normal`,
  units_adjusted: (name, seen, usual) =>
    `${name} writes off stock: ${seen} units an hour where ${usual} are normal`,
  orders: (name, seen, usual) => `${name} gets ${seen} orders an hour where ${usual} are normal`,
  transit_hours: (name, seen, usual) => `${name} is slower: ${seen} h in transit where ${usual} are normal`,
  late_share: (name, seen, usual) => `${name} delivers late: ${seen} of orders where ${usual} are normal`,
  reject_share: (name, seen, usual) => `${name} rejects work: ${seen} of lines where ${usual} are normal`,
  freight_per_parcel: (name, seen, usual) =>
    `${name} charges more: ${seen} a parcel where ${usual} are normal`,
  hours_without_goods: (name, seen, usual) =>
    `${name} gets no goods: none came for ${seen} h where ${usual} h are usual`,
  short_pick_share: (name, seen, usual) =>
    `${name} cannot find goods: ${seen} of units where ${usual} are normal`,
  on_time_ship_share: (name, seen, usual) => `${name} ships late: ${seen} on time where ${usual} are normal`,
}

/** One sentence about a constraint, without a full stop. */
export function sentenceOf(observation: Observation): string {
  const { metric, name, value, expectedLow, expectedHigh, unit } = observation
  const say = (number: number | null) => amount(number, unit)
  const usual =
    expectedLow === null || expectedHigh === null ? 'less' : range(say(expectedLow), say(expectedHigh))
  const phrase = phrases[metric]
  if (phrase !== undefined) {
    const sentence = phrase(name, say(value), usual)
    const isRare = sentence.includes(perHour) && expectedHigh !== null && expectedHigh < rareMost
    return isRare ? byDay(phrase, observation) : sentence
  }
  const title = metric.replace(/_/g, ' ').replace(/ hours$/, '')
  return `${name}: ${title} is ${say(value)}${unit === 'hours' ? ' h' : ''} where ${usual} is normal`
}

const perHour = ' an hour '
/** What happens less often than so many times an hour is told by the day. */
const rareMost = 2

function byDay(phrase: Phrase, { name, value, expectedLow, expectedHigh }: Observation): string {
  const counts = [value, expectedLow, expectedHigh].map((count) => (count ?? 0) * 24)
  const most = Math.max(...counts) < 3 ? 1 : 0
  const [seen = '', low = '', high = ''] = counts.map((count) => digits(count, most))
  return phrase(name, seen, range(low, high)).replace(perHour, ' a day ')
}

function range(low: string, high: string): string {
  return low === high ? low : `${low} to ${high}`
}

function amount(value: number | null, unit: string): string {
  if (value === null) return 'none'
  if (unit === 'cents') return (Math.max(0, value) / 100).toFixed(2)
  if (unit === 'share') return `${digits(value * 100, 0)} %`
  return digits(value, unit === 'hours' ? 1 : 0)
}

function digits(value: number, most: number): string {
  return Math.max(0, value).toLocaleString('en', { maximumFractionDigits: most })
}

// Public holidays by rule, so that a quiet or a busy day that everybody knows of raises nothing. It knows no shop:
// which of them a market keeps is told by the country of its nodes.

const dayMs = 86_400_000
const dayOf = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / dayMs
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7

/** The `count`-th weekday (0 = Sunday) of a month; the last one where `count` is -1. */
function nth(year: number, month: number, weekday: number, count: number): number {
  if (count < 0) {
    const last = dayOf(year, month + 1, 1) - 1
    return last - ((weekdayOf(last) - weekday + 7) % 7)
  }
  const first = dayOf(year, month, 1)
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (count - 1)
}

/** Easter Sunday. @source Meeus, Jones, Butcher: the anonymous Gregorian computus */
function easter(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - d - g + 15) % 30
  const m = Math.floor((a + 11 * h) / 319)
  const r = (2 * e + 2 * Math.floor(c / 4) - (c % 4) - h + m + 32) % 7
  const month = Math.floor((h - m + r + 90) / 25)
  return dayOf(year, month, (h - m + r + month + 19) % 32)
}

type Rule = (year: number) => number
const on =
  (month: number, date: number): Rule =>
  (year) =>
    dayOf(year, month, date)
const afterEaster =
  (days: number): Rule =>
  (year) =>
    easter(year) + days
const weekday =
  (month: number, day: number, count: number): Rule =>
  (year) =>
    nth(year, month, day, count)
const thanksgiving = weekday(11, 4, 4)

const christian: readonly Rule[] = [on(1, 1), on(12, 25)]
const european: readonly Rule[] = [...christian, afterEaster(1), on(5, 1), on(12, 26)]

/** Days on which nodes and carriers stand still, by country. */
const holidaysOf: Readonly<Record<string, readonly Rule[]>> = {
  US: [...christian, weekday(5, 1, -1), on(7, 4), weekday(9, 1, 1), thanksgiving],
  CA: [
    ...christian,
    afterEaster(-2),
    on(7, 1),
    weekday(9, 1, 1),
    on(9, 30),
    weekday(10, 1, 2),
    on(11, 11),
    on(12, 26),
  ],
  GB: [
    ...european.filter((_, i) => i !== 3),
    afterEaster(-2),
    weekday(5, 1, 1),
    weekday(5, 1, -1),
    weekday(8, 1, -1),
  ],
  IE: [
    ...christian,
    afterEaster(1),
    weekday(5, 1, 1),
    weekday(6, 1, 1),
    weekday(8, 1, 1),
    on(3, 17),
    on(12, 26),
  ],
  DE: [...european, afterEaster(-2), afterEaster(39), afterEaster(50), on(10, 3)],
  AT: [...european, on(1, 6), afterEaster(39), afterEaster(50), on(8, 15), on(10, 26), on(11, 1), on(12, 8)],
  CH: [...european.filter((_, i) => i !== 3), afterEaster(-2), afterEaster(39), afterEaster(50), on(8, 1)],
  FR: [
    ...christian,
    afterEaster(1),
    on(5, 1),
    on(5, 8),
    afterEaster(39),
    afterEaster(50),
    on(7, 14),
    on(8, 15),
    on(11, 1),
    on(11, 11),
  ],
  ES: [
    ...christian,
    on(1, 6),
    afterEaster(-2),
    on(5, 1),
    on(8, 15),
    on(10, 12),
    on(11, 1),
    on(12, 6),
    on(12, 8),
  ],
  IT: [...european, on(1, 6), on(4, 25), on(6, 2), on(8, 15), on(11, 1), on(12, 8)],
  NL: [...european.filter((_, i) => i !== 3), on(4, 27), afterEaster(39), afterEaster(50)],
  BR: [
    ...christian,
    afterEaster(-47),
    afterEaster(-2),
    on(4, 21),
    on(5, 1),
    on(9, 7),
    on(10, 12),
    on(11, 2),
    on(11, 15),
  ],
  AU: [...christian, on(1, 26), afterEaster(-2), afterEaster(1), on(4, 25), on(12, 26)],
}

/** Days on which shops are busier or quieter, though carriers work. */
const shopDaysOf: Readonly<Record<string, readonly Rule[]>> = {
  US: [weekday(1, 1, 3), weekday(2, 1, 3), on(6, 19), weekday(10, 1, 2), on(11, 11), on(12, 24), on(12, 31)],
}

/** Days on which shops are busy everywhere: the Friday and the Monday after Thanksgiving, and those between. */
const busyFrom = (year: number): number => thanksgiving(year)
const busyDays = 5

const known = new Map<string, ReadonlySet<number>>()

/** Whether a day (from 1970-01-01, on the clock of the place) is one on which much stands still in a country. */
export function isHoliday(day: number, country: string): boolean {
  return isAmong(day, country, 'still', holidaysOf[country] ?? christian)
}

function isAmong(day: number, country: string, name: string, rules: readonly Rule[]): boolean {
  const year = new Date(day * dayMs).getUTCFullYear()
  const key = `${name}/${country}/${year}`
  let days = known.get(key)
  if (days === undefined) {
    days = new Set(rules.map((rule) => rule(year)))
    known.set(key, days)
  }
  return days.has(day)
}

/** Whether a day is one on which shops are known to be busier or quieter than on others. */
export function isUnusualForShops(day: number, country: string): boolean {
  const from = busyFrom(new Date(day * dayMs).getUTCFullYear())
  if (isHoliday(day, country) || (day >= from && day < from + busyDays)) return true
  return isAmong(day, country, 'shops', shopDaysOf[country] ?? [])
}

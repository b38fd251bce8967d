// Public holidays and shopping days of the United States by rule, for any year. It knows no demand of a real
// shop.

/** A day that differs from its weekday. */
export interface Holiday {
  name: string
  /** Day number, from 1970-01-01. */
  day: number
  /** Orders relative to an ordinary day. */
  demand: number
  /** Carriers and docks stand still. */
  closed: boolean
}

const dayOf = (year: number, month: number, date: number): number =>
  Date.UTC(year, month - 1, date) / 86_400_000

/** Day of the week of a day number, 0 = Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7

function nth(year: number, month: number, weekday: number, count: number): number {
  const first = dayOf(year, month, 1)
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (count - 1)
}

function lastMonday(year: number, month: number): number {
  const last = dayOf(year, month + 1, 1) - 1
  return last - ((weekdayOf(last) + 6) % 7)
}

/** Holidays of a year. */
export function holidaysOf(year: number): Holiday[] {
  const thanksgiving = nth(year, 11, 4, 4)
  const holiday = (name: string, day: number, demand: number, closed = false): Holiday => ({
    name,
    day,
    demand,
    closed,
  })
  return [
    holiday("New Year's Day", dayOf(year, 1, 1), 0.85, true),
    holiday('Martin Luther King Jr. Day', nth(year, 1, 1, 3), 1.06),
    holiday("Presidents' Day", nth(year, 2, 1, 3), 1.1),
    holiday('Memorial Day', lastMonday(year, 5), 1.12, true),
    holiday('Juneteenth', dayOf(year, 6, 19), 1.02),
    holiday('Independence Day', dayOf(year, 7, 4), 0.8, true),
    holiday('Labor Day', nth(year, 9, 1, 1), 1.12, true),
    holiday('Columbus Day', nth(year, 10, 1, 2), 1.06),
    holiday('Veterans Day', dayOf(year, 11, 11), 1.08),
    holiday('Thanksgiving', thanksgiving, 1.15, true),
    holiday('Black Friday', thanksgiving + 1, 2.1),
    holiday('Cyber Monday', thanksgiving + 4, 2.3),
    holiday('Christmas Day', dayOf(year, 12, 25), 0.55, true),
  ]
}

/** Holidays between two day numbers, by day. */
export function holidaysBetween(first: number, last: number): Map<number, Holiday> {
  const found = new Map<number, Holiday>()
  const yearOf = (day: number): number => new Date(day * 86_400_000).getUTCFullYear()
  for (let year = yearOf(first); year <= yearOf(last); year++) {
    for (const holiday of holidaysOf(year)) {
      if (holiday.day >= first && holiday.day <= last) found.set(holiday.day, holiday)
    }
  }
  return found
}

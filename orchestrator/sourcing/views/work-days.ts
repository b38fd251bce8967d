// How long pieces take through the days of a node that is slow or stands still now. It knows no orders.

/** Hours at work of a day, and what is usually packed in one of them. */
export interface WorkDay {
  hours: number
  usualPerHour: number
  /** Hours until it begins. */
  inHours: number
}

/** How a node goes on. */
interface Going {
  /** This day from now on, and those after it; what is farther away goes as on the last of them. */
  days: readonly WorkDay[]
  /** Pieces in an hour at work, as usual on this day of the week. */
  usualPerHour: number
  /** What it does against that. */
  speed: number
  /** Hours for which it has done so. */
  sinceHours: number
  /** Hours at work before anything is packed at all. */
  idleHours: number
}

/**
 * How fast a node goes that is slow now, so many hours from now: what has lasted for some time will last as long again
 * as likely as not (probability a / (a + t) that what has lasted for a hours still does in t).
 */
function speedIn(hours: number, speed: number, sinceHours: number): number {
  if (speed >= 1 || hours === 0) return speed
  return 1 - (1 - speed) * (sinceHours / (sinceHours + hours))
}

/** Hours at work that pieces take from now on at a speed, after so many in which nothing is packed. */
export function hoursFor(pieces: number, pace: Going): number {
  const { days, usualPerHour, speed, sinceHours, idleHours } = pace
  let [left, idle, spent] = [pieces, idleHours, 0]
  for (const [i, day] of days.entries()) {
    const rate = speedIn(day.inHours, speed, sinceHours) * day.usualPerHour
    const waits = Math.min(idle, day.hours)
    const done = (day.hours - waits) * rate
    if (left <= done || i === days.length - 1)
      return spent + (i === days.length - 1 ? idle : waits) + left / rate
    idle -= waits
    left -= done
    spent += day.hours
  }
  return idle + left / (speed * usualPerHour)
}

// The days of a made-up retailer of North America, all of whose nodes sleep at the same hour. Pure.

const dayMs = 86_400_000
/** Middle of the night, ms after midnight UTC. */
const nightMs = 8 * 3_600_000

/** The days of a time as the retailer counts them, each with its first instant (epoch ms) in it; 0 = Sunday. */
export function daysOf(from: number, to: number): { weekday: number; at: number }[] {
  const days = []
  for (let at = from; at < to; at = Math.floor((at - nightMs) / dayMs + 1) * dayMs + nightMs) {
    days.push({ weekday: new Date(at - nightMs).getUTCDay(), at })
  }
  return days
}

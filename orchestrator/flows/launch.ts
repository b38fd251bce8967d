// Preordered lines whose day has come go on. A sweep: it may run at any time and by several at once.

import type { FlowContext } from './context.ts'

/** Orders launched side by side. */
const sideBySide = 50

/**
 * Launches what is due now; the flow takes it on from there.
 * @returns ids of the orders that go on
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function launchDue({ core, now }: Pick<FlowContext, 'core' | 'now'>): Promise<string[]> {
  const { orders, preordered } = core.state()
  const at = now()
  const due = [...preordered].filter((orderId) =>
    orders.get(orderId)?.lines.some((line) => line.launchAt !== null && line.launchAt <= at),
  )
  const launched: string[] = []
  for (let from = 0; from < due.length; from += sideBySide) {
    const group = due.slice(from, from + sideBySide)
    const results = await Promise.all(
      group.map((orderId) => core.execute('LaunchPreorder', { orderId }, { at })),
    )
    launched.push(...group.filter((_, i) => results[i]?.status === 'done'))
  }
  return launched
}

// What it means for work to stay at its node and leave a day later than the first it could. It chooses nothing.

import type { OrderModel } from './build.ts'
import { CarriedCourse } from './course.ts'
import { coursesOf } from './courses.ts'
import type { SourcingSession } from './session.ts'
import { standOf } from './stands.ts'
import { WorkWay } from './way.ts'

const dayMs = 86_400_000

/** To stay and leave a day later; null where its node is not known any more. */
export function lateStayOf(order: OrderModel, session: SourcingSession): WorkWay | null {
  const facts = session.node(order.order.from?.nodeId ?? '')
  if (facts === undefined) return null
  const stand = { ...standOf(order.order, order.goods, facts, session), softCents: 0 }
  const [course] = coursesOf(order.trip, facts, undefined, true)
  if (!(course instanceof CarriedCourse)) return null
  return new WorkWay(order.asked, stand, course.later(dayMs))
}

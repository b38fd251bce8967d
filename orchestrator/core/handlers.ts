// How the effects of events are written down: one function for each type. Shapes only.

import type { EventData, EventType } from './events.ts'
import type { CoreState } from './state.ts'

/** What each of the events `D` does. */
export type HandlersOf<D> = {
  [T in keyof D & EventType]: (state: CoreState, data: EventData[T] & { at: number }) => CoreState
}

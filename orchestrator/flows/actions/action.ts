// What a provider action is: something that is asked of a system outside, under a key that stays the same in every
// try. Shapes, and the list of those that are known; none of them is here.

import type { FlowMessage } from '#orchestrator/core'

/** Values that are sent along. */
export type ActionData = Readonly<Record<string, string | number | boolean>>

/** What is asked. */
export interface ActionRequest {
  /** Idempotency key, the same in every try and after a crash. */
  key: string
  action: string
  runId: string | null
  orderId: string | null
  tileId: string | null
  /** Where it goes, where the action has no place of its own. */
  url: string | null
  data: ActionData
  /** What it is about, for whoever is asked; plain JSON. */
  subject: Readonly<Record<string, unknown>>
}

/** What came of one try. */
export interface ActionAnswer {
  isDone: boolean
  reason: string | null
  /** A word that conditions of the flow can ask for as `run.outcome`. */
  said?: string
  /** Of a failure: whether another try makes no sense. */
  isFinal?: boolean
  /** Of a failure: whether it may have been done all the same, since no clear answer came. */
  isUnknown?: boolean
  /** Of a failure: whether the key is in use: a no to the first try, but one before may still be at work. */
  isInUse?: boolean
  /** What receivers of webhooks are told with the step. */
  messages?: readonly FlowMessage[]
}

/** A provider action. */
export interface ProviderAction {
  name: string
  /** A short phrase for people. */
  means: string
  /** Whether nothing leaves this process by it, so that it can be done again at any time. */
  isLocal?: true
  /**
   * Asks once. An expected no is an answer; what is thrown counts as a failure that may be tried again, and that may
   * have done it all the same.
   * @param signal ends when the time of the try is over
   */
  run(request: ActionRequest, signal: AbortSignal): Promise<ActionAnswer>
}

/** The provider actions that are known, by name. */
export class ProviderActions {
  readonly #actions = new Map<string, ProviderAction>()

  constructor(actions: readonly ProviderAction[] = []) {
    for (const action of actions) this.#actions.set(action.name, action)
  }

  /** Adds an action, or takes the place of the one of its name. */
  add(action: ProviderAction): void {
    this.#actions.set(action.name, action)
  }

  find(name: string): ProviderAction | undefined {
    return this.#actions.get(name)
  }

  /** Names, sorted. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#actions.keys()].toSorted())
  }
}

// How a move is asked for. Shapes only.

/** How a move is asked for, beside what is to be moved. */
export interface MoveGuard {
  /** Plan that a person approved: it is not asked again whether one has to. */
  planId?: string
  /** It goes back where it came from after an incident: it is not counted as a move of that, if it does. */
  isBack?: true
  /** A person who moves it by hand. */
  by?: string
  /** Why the person goes beyond the limits; only with `by`. */
  override?: string
}

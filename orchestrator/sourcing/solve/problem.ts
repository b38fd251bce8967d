// The problem that solvers solve: orders, places that could send parts of them, and what can run out. Shapes only; it
// knows no money, map or clock: costs are numbers in one unit, times are in the costs.

/** What is to be sent and from where it could be. */
export interface Problem {
  nodes: number
  skus: number
  orders: readonly SolverOrder[]
  /**
   * Units of a SKU that a node can give in all, a whole number; Infinity = as many as wanted. Asked for pairs that a
   * place can send only.
   */
  stock(node: number, sku: number): number
  /** What else can run out. */
  capacities: readonly SolverCapacity[]
}

/** Something of which only so much is there, such as the orders that a node can work on in a day. */
export interface SolverCapacity {
  /** Left; 0 or more. */
  limit: number
}

/** An order, or the part of one that has to be sourced. */
export interface SolverOrder {
  id: string
  /** Wanted; each SKU once. At most 30. */
  lines: readonly { sku: number; quantity: number }[]
  places: readonly Place[]
  /** Of each piece of work beyond the first. */
  splitCost: number
  /** Pieces of work of the order, and pieces that share a line, at most. */
  maxNodes: number
  maxNodesPerLine: number
  /** Nothing, or all of it. */
  isWhole: boolean
  /** Of each unit that is left without a place. */
  unservedCost: number
}

/** A node as it is to one order: each node once. */
export interface Place {
  node: number
  /** Distance to the customer, for the greedy baseline; NaN = unknown. */
  distance: number
  /** Bit i is set where it could send some of line i, stock aside. */
  can: number
  /**
   * What no piece of work is below, whatever way it goes, as of a way. Absent = nothing is known beside what its ways
   * say. Ways may be worked out when they are first asked for: places that are too dear for sure are not asked.
   */
  readonly least?: Required<Way>['least']
  readonly ways: readonly Way[]
}

/** A way from a place: service and day, for example. */
export interface Way {
  /** What a piece of work on this way takes of capacities: a share for itself, for each line, for each unit. */
  uses: readonly { capacity: number; each: number; perLine: number; perUnit: number }[]
  /**
   * What is known of the cost: no piece of work costs less than `each` + `perUnit` of each line x its units. Absent =
   * nothing is known. The better it is, the less is looked at.
   */
  least?: { each: number; perUnit: readonly number[] }
  /**
   * Cost of a piece of work.
   * @param units of each line of the order; whole numbers, some above 0, none where `can` has no bit
   * @returns 0 or more, Infinity = not possible; the same for the same units
   */
  cost(units: readonly number[]): number
}

/** A piece of work: one place, one way. */
export interface Piece {
  /** Indices into `places` of the order and `ways` of the place. */
  place: number
  way: number
  /** Of each line of the order. */
  units: readonly number[]
  cost: number
}

/** How one order goes. */
export interface OrderSolution {
  pieces: readonly Piece[]
  /** Units without a place, of each line. */
  unserved: readonly number[]
  /** Pieces + splits + unserved units. */
  cost: number
}

/** How all go. */
export interface BatchSolution {
  /** As the orders of the problem. */
  orders: readonly OrderSolution[]
  cost: number
  /** No solution costs less; -Infinity where none was found in time. */
  bound: number
  /** (cost - bound) / |cost|, 0 where both are 0. */
  gap: number
  /** What found it: exact, columns, neighbourhoods, greedy. */
  method: 'exact' | 'columns' | 'neighbourhoods' | 'greedy'
  seconds: number
  /** Why it is not the optimum for sure, null where it is. */
  stopped: 'time' | 'cancelled' | 'gap' | null
}

/** How long and how well to solve. */
export interface SolveOptions {
  /** Wall time, ms. */
  timeLimitMs: number
  /** Stops at this gap; 0 = the proven optimum. */
  gap: number
  seed: number
  /** Elapsed ms since any instant: the caller's clock. */
  elapsedMs: () => number
  /** Asked now and then; true = give what there is. */
  isCancelled?: () => boolean
  onProgress?: (progress: { cost: number; bound: number; seconds: number }) => void
}

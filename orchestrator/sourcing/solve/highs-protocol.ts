// What goes to the thread of HiGHS and what comes back: plain arrays. Shapes only.

/** A model: least cost of columns between 0 and 1, or whole numbers of them, within rows. Columns are packed. */
export interface HighsModel {
  columns: number
  rows: number
  cost: Float64Array
  upper: Float64Array
  rowLower: Float64Array
  rowUpper: Float64Array
  starts: Int32Array
  indices: Int32Array
  values: Float64Array
  isWhole: boolean
  /** A solution to start from. */
  start?: Float64Array
}

/** What is added to a linear model that was kept open: columns, then rows over all columns, packed. */
export interface HighsGrowth {
  cost: Float64Array
  starts: Int32Array
  indices: Int32Array
  values: Float64Array
  rowUpper: Float64Array
  rowStarts: Int32Array
  rowIndices: Int32Array
  rowValues: Float64Array
}

/** How far HiGHS goes. */
export interface HighsLimits {
  /** Seconds. */
  timeLimit: number
  /** Stops at this relative gap. */
  gap: number
  /** Branches at most; absent = no limit. */
  branches?: number
  seed: number
  /** Of linear models: keeps the model open for `grow`, until the next model. */
  isKept?: boolean
  /** Of kept models: asks for `inverse`. */
  wantsInverse?: boolean
}

/** Rows of the inverse of the basis, packed: multipliers of the rows of the model. */
export interface HighsInverse {
  starts: Int32Array
  indices: Int32Array
  values: Float64Array
}

/** What HiGHS found. */
export interface HighsAnswer {
  /** Whether `values` is the optimum, within the gap asked for. */
  status: 'optimal' | 'stopped' | 'infeasible'
  /** Null where it has no solution. */
  values: Float64Array | null
  /** No solution costs less; -Infinity where it knows none. */
  bound: number
  /** Prices of the rows; linear models only. */
  rowDual: Float64Array | null
  /** Of the columns whose value is not whole, where it was asked for. */
  inverse: HighsInverse | null
}

/** A question with its number. */
export interface HighsRequest {
  id: number
  /** A model, or what is added to the one that was kept open. */
  model: HighsModel | HighsGrowth
  limits: HighsLimits
}

/** Its answer, or why there is none. */
export type HighsReply = { id: number; answer: HighsAnswer } | { id: number; reason: string }

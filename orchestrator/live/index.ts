// Door of the live demo: the made-up retailer goes on after its history, in the time of the market.

export type { Busy, Floor } from './floor.ts'
export { type Live, type LiveOptions, type LiveStats, startLive } from './live.ts'
export type { Piece } from './piece.ts'
export { Steps } from './steps.ts'

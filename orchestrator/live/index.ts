// Door of the live demo: the made-up retailer goes on after its history, in the time of the market.

export { type Live, type LiveOptions, type LiveStats, startLive } from './live.ts'

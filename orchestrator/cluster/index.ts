// Door of the cluster: markets over several processes, who writes each, and how processes know each other.

export { Cluster } from './cluster.ts'
export type { ClusterParts } from './election.ts'
export { marketFinder, transferPaths } from './find-market.ts'
export { localTransfers } from './local-transfers.ts'
export { marketHeader, Peers, type PeerWord, peerHeader } from './peers.ts'
export type { MarketStanding, OpenMarket, Route, Running } from './place.ts'
export { sweepTransfers } from './sweep.ts'
export { type MarketFinder, type TransferStanding, type TransferWish, transfer } from './transfers.ts'

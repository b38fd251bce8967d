// Door of the cluster: markets over several processes, who writes each, and how processes know each other.

export { Cluster } from './cluster.ts'
export type { ClusterParts } from './election.ts'
export { marketHeader, Peers, type PeerWord, peerHeader } from './peers.ts'
export type { MarketStanding, OpenMarket, Route, Running } from './place.ts'

// Door of the leases: who should write which stream.

export { type Hold, holdLease } from './hold.ts'
export type { Candidate, Lease, Leases } from './lease.ts'
export { openLeases } from './open-leases.ts'
export { openPostgresLeases } from './postgres-leases.ts'

// Door of the leases: who should write which stream.

export type { Candidate, Lease, Leases } from './lease.ts'

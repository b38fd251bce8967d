// Door of the event log: the log itself, its embedded driver, and the one writer of a stream.

export { openActor } from './actor.ts'
export type { ActorOptions } from './actor-options.ts'
export {
  canonicalJson,
  controlEvents,
  domainEvent,
  isControlEvent,
  knownCommand,
  requestHash,
} from './command-record.ts'
export type {
  Actor,
  Command,
  CommandResult,
  Decision,
  Definition,
  DomainEvent,
} from './definition.ts'
export type { Appended, EventLog, NewEvent, StoredEvent } from './event-log.ts'
export { Follower } from './follower.ts'
export { type LogContent, MemoryLog } from './memory-log.ts'
export { logPlace, openEventLog } from './open-log.ts'
export { PostgresLine } from './postgres-line.ts'
export { PostgresLines } from './postgres-lines.ts'
export { openPostgresLog, type PostgresLogOptions } from './postgres-log.ts'
export { upgradeTables } from './postgres-schema.ts'
export { placeOf, postgresFailure } from './postgres-session.ts'
export type {
  SnapshotHeader,
  SnapshotInfo,
  SnapshotPart,
  SnapshotReader,
  SnapshotStore,
  SnapshotWanted,
  StateCodec,
} from './snapshot.ts'
export { openSnapshotFiles } from './snapshot-files.ts'
export type { SnapshotOptions } from './snapshot-keeper.ts'
export { openSqliteLog, type SqliteLogOptions } from './sqlite-log.ts'
export { openLogDatabase } from './sqlite-schema.ts'

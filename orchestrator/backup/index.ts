// Door of backups: a home copied while it is worked on, and put back.

export { type BackupParts, type BackupSummary, backUp } from './backup.ts'
export { type BackedUpFile, type BackupManifest, readManifest } from './manifest.ts'
export { putBack, type Restored, type RestoreParts } from './restore.ts'

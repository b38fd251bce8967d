// Errors of backups and of their restoring.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const backupErrors = {
  BACKUP_TARGET_NOT_EMPTY: {
    status: 409,
    retryable: false,
    message: 'the folder {folder} is not empty; name one that is, or that does not exist yet',
  },
  BACKUP_LOG_ELSEWHERE: {
    status: 409,
    retryable: false,
    message:
      'the log is in PostgreSQL: back it up by pg_dump or point-in-time recovery; --without-log backs up the rest',
  },
  BACKUP_FAILED: {
    status: 500,
    retryable: true,
    message: 'the backup could not be written to {folder}: {reason}',
  },
  BACKUP_UNUSABLE: {
    status: 422,
    retryable: false,
    message: 'the backup {folder} cannot be restored: {reason}; nothing was changed',
  },
  RESTORE_HOME_NOT_EMPTY: {
    status: 409,
    retryable: false,
    message:
      'the home {home} is not empty; restore into another, or with --force, which moves it aside and deletes nothing',
  },
} as const satisfies Record<string, ErrorKind>

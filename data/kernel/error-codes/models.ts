// Errors of the models.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const modelErrors = {
  MODELS_WORKER_DIED: {
    status: 503,
    retryable: true,
    message: 'the thread of the models stopped: {reason}; the next call starts it again',
  },
  MODELS_FAILED: {
    status: 500,
    retryable: false,
    message: 'the model could not do its work: {reason}',
  },
  MODELS_CANCELED: {
    status: 409,
    retryable: true,
    message: 'the training was canceled; the model before stays in use',
  },
  MODELS_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no model {model}',
  },
  MODELS_EXISTS: {
    status: 409,
    retryable: false,
    message: 'there is a model {model} already; change it, or take another id',
  },
  MODELS_DEFINITION_INVALID: {
    status: 422,
    retryable: false,
    message: 'this model cannot be made: {reason}',
  },
  MODELS_NOT_TRAINING: {
    status: 409,
    retryable: false,
    message: 'model {model} is not being trained',
  },
  MODELS_DATA_UNUSABLE: {
    status: 422,
    retryable: false,
    message: 'the rows of the query cannot be learned from: {reason}',
  },
  MODELS_VERSION_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no version {version} of model {model}',
  },
  MODELS_NOTHING_BEFORE: {
    status: 409,
    retryable: false,
    message: 'no earlier version of model {model} can be put back in use',
  },
  MODELS_FILE_DAMAGED: {
    status: 500,
    retryable: false,
    message: 'the files of model {folder} are damaged: {reason}; train it again',
  },
  MODELS_FILE_FOREIGN: {
    status: 409,
    retryable: false,
    message: 'the files of model {folder} are of {found}, this version reads {wanted}; train it again',
  },
  MODELS_TABLE_UNUSABLE: {
    status: 422,
    retryable: false,
    message: 'the clean rows cannot be learned from: {reason}',
  },
  MODELS_TABLE_COLUMN_MISSING: {
    status: 422,
    retryable: false,
    message: 'the clean rows have a column {column}, the rows to score have none',
  },
} as const satisfies Record<string, ErrorKind>

// Fields that the addresses and bodies of several routes share. Shapes only.

import { Type } from 'typebox'

/** No fields beside those that are named. */
export const closed = { additionalProperties: false }

/** One of the words. */
export const oneOf = <const T extends readonly string[]>(words: T, description?: string) =>
  Type.Unsafe<T[number]>({
    type: 'string',
    enum: [...words],
    ...(description === undefined ? {} : { description }),
  })

/** A short text. */
export const word = (description?: string) =>
  Type.String({ minLength: 1, maxLength: 300, ...(description === undefined ? {} : { description }) })

/** An instant, ISO 8601. */
export const date = (description: string) => Type.String({ format: 'date-time', description })

/** Where a page starts and how long it is. */
export const page = {
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`nextCursor` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'default 50' })),
}

/** Way of a sort. */
export const direction = Type.Optional(oneOf(['asc', 'desc']))

// How shapes of the HTTP API are written: small builders over TypeBox, every object closed. It knows no route.

import { type Static, type TProperties, type TSchema, Type } from 'typebox'

/** An object whose fields are all required and no others are allowed. */
export const shape = <P extends TProperties>(fields: P) =>
  Type.Object(fields, { additionalProperties: false })
/** An object of which all fields are there; later versions may add more. */
export const open = <P extends TProperties>(fields: P, description?: string) =>
  Type.Object(fields, description === undefined ? {} : { description })
/** A text, and what it says. */
export const text = (description: string) => Type.String({ description })
/** A text or null, and what it says. */
export const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description })
/** A value or null. */
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
/** One of the words. */
export const oneOf = <const T extends readonly string[]>(words: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...words] })
/** An instant, ISO 8601 in UTC. */
export const instantText = Type.String({ format: 'date-time' })
/** Money in minor units of the currency beside it. */
export const centsInteger = Type.Integer()
/** A page of a list: `nextCursor` is null on the last one; `total` is null where counting costs too much. */
export const pageOf = <T extends TSchema>(item: T) =>
  shape({ items: Type.Array(item), nextCursor: orNull(Type.String()), total: orNull(Type.Integer()) })

/** A page of items, as a type. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
  total: number | null
}

/** The type of a shape. */
export type Of<T extends TSchema> = Static<T>

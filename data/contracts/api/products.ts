// Shapes of products over the API: as they are told, and as they are found.

import { Type } from 'typebox'
import { type Of, orNull, pageOf, shape } from './shape.ts'

const id = () => Type.String({ minLength: 1, maxLength: 200 })
const words = (maxLength: number) => Type.String({ maxLength })
const closed = { additionalProperties: false }
const size = (description?: string) =>
  Type.Number({ minimum: 0, maximum: 1e9, ...(description === undefined ? {} : { description }) })

/** Products of the catalogue. */
export const products = Type.Object(
  {
    products: Type.Array(
      Type.Object(
        {
          sku: id(),
          name: Type.Optional(words(500)),
          skuClass: Type.Optional(words(200)),
          weightG: Type.Optional(size('of one unit, grams; what is left out stays as it was')),
          lengthMm: Type.Optional(size('of one unit in its box')),
          widthMm: Type.Optional(size()),
          heightMm: Type.Optional(size()),
        },
        closed,
      ),
      { minItems: 1, maxItems: 5_000 },
    ),
  },
  closed,
)
/** Products found, the best first. */
export const productPage = pageOf(
  shape({
    sku: Type.String(),
    name: orNull(Type.String()),
    skuClass: orNull(Type.String()),
    onHand: Type.Integer(),
    available: Type.Integer({ description: 'over all nodes with tracked stock' }),
    nodes: Type.Integer({ description: 'with tracked stock' }),
  }),
)
export type ProductPage = Of<typeof productPage>

// A flow document as it was given, or what is wrong with its shape, tile by tile. It judges no way through it.

import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { api } from '#data/contracts'
import type { Findings } from './finding.ts'

/** Characters of JSON of a document at most. */
const charactersMost = 300_000

/** The document, null where its shape is wrong. */
export function readFlow(given: unknown, findings: Findings): api.FlowDocument | null {
  const length = JSON.stringify(given)?.length ?? 0
  if (length > charactersMost) {
    findings.error(
      'too_large',
      null,
      `The document has ${length} characters; ${charactersMost} are the most.`,
    )
    return null
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    findings.error('shape_invalid', null, 'A flow is a JSON object.')
    return null
  }
  const tiles: unknown = (given as { tiles?: unknown }).tiles
  const bare = { ...given, tiles: [] }
  const { tiles: _, ...header } = api.flowDocument.properties
  complain(findings, null, headerShape(header), bare)
  if (!Array.isArray(tiles)) {
    findings.error('shape_invalid', null, 'tiles must be a list.')
    return null
  }
  if (tiles.length < 2 || tiles.length > 200) {
    findings.error('shape_invalid', null, `A flow has 2 to 200 tiles, not ${tiles.length}.`)
  }
  for (const [place, tile] of tiles.slice(0, 200).entries()) readTile(tile, place, findings)
  return findings.isClean ? (given as api.FlowDocument) : null
}

function headerShape(header: Omit<typeof api.flowDocument.properties, 'tiles'>): TSchema {
  return { ...api.flowDocument, properties: { ...header, tiles: {} } } as unknown as TSchema
}

function readTile(tile: unknown, place: number, findings: Findings): void {
  const { id, type } = (typeof tile === 'object' && tile !== null ? tile : {}) as {
    id?: unknown
    type?: unknown
  }
  const name = typeof id === 'string' && id !== '' ? id.slice(0, 100) : `#${place + 1}`
  if (typeof type !== 'string' || !Object.hasOwn(api.flowTileShapes, type)) {
    const known = Object.keys(api.flowTileShapes).join(', ')
    const said = typeof type === 'string' ? `${type.slice(0, 100)} is no type of tile` : 'It has no type'
    findings.error('tile_type_unknown', name, `${said}; there are ${known}.`)
    return
  }
  complain(findings, name, api.flowTileShapes[type as api.FlowTileType], tile)
}

function complain(findings: Findings, tileId: string | null, schema: TSchema, value: unknown): void {
  for (const { instancePath, message, params } of [...Value.Errors(schema, value)].slice(0, 5)) {
    const field = instancePath.replace(/^\//, '').replaceAll('/', '.')
    const extra = (params as { additionalProperties?: readonly string[] }).additionalProperties
    const more = extra === undefined ? '' : `: ${extra.join(', ')}`
    findings.error('shape_invalid', tileId, `${field === '' ? 'It' : field} ${message}${more}.`)
  }
}

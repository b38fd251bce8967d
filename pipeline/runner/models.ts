// Reads the SQL models and their headers from the files. It never runs them.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '#data/kernel'

/** Where a model stands: views that rename, views that compute, tables that are read. */
export type Layer = 'staging' | 'intermediate' | 'marts'

/**
 * What makes a model be computed again: the orders that changed, the stock that changed, the buckets that
 * changed, whenever a product or a node changed, in every cycle, or in a full build only.
 */
export type Incremental = 'view' | 'order' | 'inventory' | 'bucket' | 'sku' | 'node' | 'always' | 'none'

/** Rows that fall into hours: the table and column that decide the hour, two columns where a row spans many. */
export interface Facts {
  table: string | null
  from: string
  to: string | null
  /** Columns of the model that only say how and when a span ended: hours before its end do not depend on them. */
  ends: string[]
  /** Hours after its first in which a span counts at most, however late it ends; null = as long as it goes on. */
  lasts: number | null
}

/** One SELECT with its header. */
export interface Model {
  name: string
  layer: Layer
  sql: string
  grain: string
  key: string[]
  owner: string
  units: string
  incremental: Incremental
  /** Column by which the rows are laid down, so that a range of time is read without the rest. */
  order: string | null
  facts: Facts | null
  /** Columns that say from which hour to which rows of others are made; null where the model says no such thing. */
  hours: { from: string; to: string } | null
}

const folder = join(import.meta.dirname, '..', 'sql')
const layers: Layer[] = ['staging', 'intermediate', 'marts']

/**
 * All models, by layer and name.
 * @throws PIPELINE_MODEL_INVALID when a header lacks something
 */
export function readModels(root = folder): Model[] {
  return layers.flatMap((layer) =>
    readdirSync(join(root, layer))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => parseModel(file.slice(0, -4), layer, readFileSync(join(root, layer, file), 'utf8'))),
  )
}

/** A checksum over all models: another one than the warehouse was built with asks for a full build. */
export function modelsChecksum(models: Model[]): string {
  const hash = createHash('sha256')
  for (const model of models) hash.update(`${model.name}\n${model.sql}\n`)
  return hash.digest('hex')
}

/** A model from its text. @throws PIPELINE_MODEL_INVALID when its header lacks something */
export function parseModel(name: string, layer: Layer, sql: string): Model {
  const header = new Map<string, string>()
  for (const line of sql.split('\n')) {
    const match = /^-- (grain|key|owner|units|incremental|order|facts|ends|lasts|hours): (.+)$/.exec(line)
    if (match?.[1] !== undefined && match[2] !== undefined) header.set(match[1], match[2])
  }
  const field = (title: string): string => {
    const value = header.get(title)
    if (value === undefined) throw fail('PIPELINE_MODEL_INVALID', { name, reason: `no "-- ${title}:"` })
    return value
  }
  return {
    name,
    layer,
    sql: sql.trim().replace(/;$/, ''),
    grain: field('grain'),
    key: namesOf(field('key')),
    owner: field('owner'),
    units: field('units'),
    incremental: incrementalOf(name, field('incremental')),
    order: header.get('order') ?? null,
    facts: factsOf(header.get('facts'), {
      ends: namesOf(header.get('ends') ?? ''),
      lasts: hoursOf(name, header.get('lasts')),
    }),
    hours: spanOf(header.get('hours')),
  }
}

const kinds: Incremental[] = ['view', 'order', 'inventory', 'bucket', 'sku', 'node', 'always', 'none']

function incrementalOf(name: string, text: string): Incremental {
  const kind = kinds.find((known) => known === text)
  if (kind === undefined) throw fail('PIPELINE_MODEL_INVALID', { name, reason: `incremental: ${text}` })
  return kind
}

function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function spanOf(text: string | undefined): Model['hours'] {
  const [from, to] = namesOf(text ?? '')
  return from === undefined || to === undefined ? null : { from, to }
}

function hoursOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const hours = /^(\d+) hours$/.exec(text)?.[1]
  if (hours === undefined) throw fail('PIPELINE_MODEL_INVALID', { name, reason: `lasts: ${text}` })
  return Number(hours)
}

function factsOf(text: string | undefined, more: Pick<Facts, 'ends' | 'lasts'>): Facts | null {
  if (text === undefined) return null
  const [table, columns = ''] = text.split('.', 1).concat(text.split('.').slice(1).join('.'))
  if (text === 'none' || table === undefined) return { table: null, from: '', to: null, ...more }
  const [from = '', to] = columns.split('..')
  return { table, from, to: to ?? null, ...more }
}

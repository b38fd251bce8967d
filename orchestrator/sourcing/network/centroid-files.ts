// Reads tables of centroids out of the home: one CSV file or more a country. A file that cannot be used is a finding
// and never stops a start.

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { api } from '#data/contracts'
import { reasonOf } from '#data/kernel'
import { decodeText, parseCsv } from '../documents/csv.ts'
import { type Centroid, Centroids } from './centroids.ts'
import { pointOf } from './distance.ts'

/** Bytes of a file at most. */
const bytesMost = 200_000_000

/** Columns of a table, in any order; `postal_code`, `region` and `city` may be left out. */
export const centroidColumns = ['country', 'postal_code', 'region', 'city', 'latitude', 'longitude'] as const

/** What a table holds. */
export interface CentroidTable {
  rows: Centroid[]
  /** Why the table, or the rest of it, is not used; null = nothing is wrong with it. */
  fault: string | null
  /** Rows without a country or without a place on the globe. */
  skipped: number
}

/** Rows of a table of centroids, by the names of its columns. */
export function loadCentroids(text: string): CentroidTable {
  const { rows: lines, fault } = parseCsv(text)
  const names = (lines[0]?.cells ?? []).map((name) => name.toLowerCase())
  const isMissing = ['country', 'latitude', 'longitude'].some((name) => !names.includes(name))
  if (isMissing) return { rows: [], fault: 'it has no columns country, latitude and longitude', skipped: 0 }
  const columns = new Map(centroidColumns.map((name) => [name, names.indexOf(name)]))
  const rows: Centroid[] = []
  let skipped = 0
  for (const { cells } of lines.slice(1)) {
    const cell = (name: (typeof centroidColumns)[number]) => cells[columns.get(name) ?? -1] || null
    const point = pointOf(numberOf(cell('latitude')), numberOf(cell('longitude')))
    const country = cell('country')
    if (country === null || point === null) skipped += 1
    else {
      const [postalCode, region, city] = [cell('postal_code'), cell('region'), cell('city')]
      rows.push({ country, postalCode, region, city, ...point })
    }
  }
  return { rows, fault: fault === null ? null : `row ${fault.row}: ${fault.reason}`, skipped }
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text)
}

/**
 * Centroids of all CSV files of a folder, in the order of their names; none where there is no such folder. What is
 * wrong with them is among the findings of the networks they are given to.
 */
export async function readCentroids(folder: string): Promise<Centroids> {
  const rows: Centroid[] = []
  const findings: api.NetworkFinding[] = []
  for (const file of await csvFiles(folder)) {
    const { rows: found, fault, skipped } = await readTable(join(folder, file))
    for (const row of found) rows.push(row)
    const note = (code: string, text: string) => findings.push({ code, kind: 'centroids', id: file, text })
    if (fault !== null) note('centroids_unreadable', `Centroids of ${file} are not all used: ${fault}.`)
    if (skipped > 0)
      note('centroids_skipped', `${skipped} rows of ${file} name no country or no place on the globe.`)
  }
  return new Centroids(rows, findings)
}

async function csvFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names.filter((name) => name.toLowerCase().endsWith('.csv')).sort()
  } catch {
    return []
  }
}

async function readTable(path: string): Promise<CentroidTable> {
  const unused = (fault: string): CentroidTable => ({ rows: [], fault, skipped: 0 })
  try {
    if ((await stat(path)).size > bytesMost) return unused('it is larger than 200 MB')
    const text = decodeText(await readFile(path))
    return text === null ? unused('it is no UTF-8 text') : loadCentroids(text)
  } catch (error) {
    return unused(reasonOf(error))
  }
}

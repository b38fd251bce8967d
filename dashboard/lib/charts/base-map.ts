// Which outlines of land a map needs, loaded when a map is first shown. It asks no server but its own.

import type { BaseMap } from './map-spec.ts'
import type { BaseName } from './projection.ts'

const loads: Record<BaseName, () => Promise<BaseMap>> = {
  us: async () => ({
    topology: (await import('us-atlas/states-10m.json')).default,
    feature: 'states',
  }),
  world: async () => ({
    topology: (await import('world-atlas/countries-110m.json')).default,
    feature: 'countries',
  }),
}

const loaded = new Map<BaseName, Promise<BaseMap>>()

/** The outlines, loaded once; a failed load is tried again. */
export function loadBase(name: BaseName): Promise<BaseMap> {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const coming = loads[name]()
  loaded.set(name, coming)
  coming.catch(() => loaded.delete(name))
  return coming
}

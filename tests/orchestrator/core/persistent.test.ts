// Persistent maps and sets against the built-in ones: the same contents, and earlier ones stay as they were.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PersistentMap, PersistentSet } from '#orchestrator/core'
import { hashOf, hashOfPair } from '../../../orchestrator/core/persistent/trie.ts'

/** Keys of which many have the same hash. */
const alike: string[] = (() => {
  const first = new Map<number, string>()
  const found: string[] = []
  for (let i = 0; found.length < 12; i++) {
    const hash = hashOf(`order-${i}`)
    const other = first.get(hash)
    if (other === undefined) first.set(hash, `order-${i}`)
    else found.push(other, `order-${i}`)
  }
  return found
})()

const key = fc.oneof(fc.constantFrom(...alike), fc.nat(200).map(String), fc.string({ maxLength: 3 }))
const change = fc.record({ key, value: fc.nat(9), kind: fc.constantFrom('set', 'set', 'set', 'delete') })

const sorted = (entries: Iterable<[string, number]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1))

function changed(
  map: PersistentMap<string, number>,
  { key, value, kind }: { key: string; value: number; kind: string },
) {
  return kind === 'set' ? map.set(key, value) : map.delete(key)
}

describe('a persistent map', () => {
  test('has some keys with the same hash to be tried with', () => {
    expect(new Set(alike.map(hashOf)).size).toBeLessThan(alike.length)
  })

  test('holds what a Map holds, and every earlier one what it held', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const plain = new Map<string, number>()
        let map = PersistentMap<string, number>()
        const earlier: [PersistentMap<string, number>, [string, number][]][] = []
        changes.forEach((each, i) => {
          if (i % 40 === 0) earlier.push([map, sorted(plain)])
          map = changed(map, each)
          if (each.kind === 'set') plain.set(each.key, each.value)
          else plain.delete(each.key)
          expect(map.get(each.key)).toBe(plain.get(each.key))
          expect(map.has(each.key)).toBe(plain.has(each.key))
          expect(map.size).toBe(plain.size)
        })
        expect(sorted(map)).toEqual(sorted(plain))
        for (const [before, entries] of earlier) expect(sorted(before)).toEqual(entries)
      }),
      { numRuns: 150 },
    )
  })

  test('has its entries in an order that does not depend on how it was made', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const map = changes.reduce(changed, PersistentMap<string, number>())
        const keys = [...map.keys()].filter((each) => !alike.includes(each))
        const again = PersistentMap([...map].toReversed())
        expect([...again.keys()].filter((each) => !alike.includes(each))).toEqual(keys)
      }),
      { numRuns: 100 },
    )
  })

  test('tells the keys in which another map differs', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 200 }),
        fc.array(change, { maxLength: 20 }),
        (first, second) => {
          const before = first.reduce(changed, PersistentMap<string, number>())
          const after = second.reduce(changed, before)
          const keys = new Set([...before.keys(), ...after.keys()])
          const expected = [...keys].filter(
            (each) => before.has(each) !== after.has(each) || before.get(each) !== after.get(each),
          )
          expect([...after.differences(before)].sort()).toEqual(expected.sort())
          expect([...before.differences(after)].sort()).toEqual(expected.sort())
          expect([...after.differences(PersistentMap())].sort()).toEqual([...after.keys()].sort())
        },
      ),
      { numRuns: 300 },
    )
  })

  test('changes in place while it is mutable, and never what it was made from', () => {
    fc.assert(
      fc.property(fc.array(change), fc.array(change), fc.array(change), (first, second, third) => {
        const base = first.reduce(changed, PersistentMap<string, number>())
        const before = sorted(base)
        const mutable = base.asMutable()
        for (const each of second) expect(changed(mutable, each)).toBe(mutable)
        const frozen = mutable.asImmutable()
        const held = sorted(frozen)
        expect(held).toEqual(sorted(second.reduce(changed, base)))
        const other = frozen.asMutable()
        for (const each of third) changed(other, each)
        expect(sorted(frozen)).toEqual(held)
        expect(sorted(base)).toEqual(before)
      }),
      { numRuns: 150 },
    )
  })

  test('finds by two parts what stands under the key that they make, and nothing else', () => {
    const part = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('a', 'ab', '', '\u001f', 'é'))
    const pairs = fc.array(fc.tuple(part, part), { maxLength: 60 })
    fc.assert(
      fc.property(pairs, pairs, fc.array(key), (stored, asked, others) => {
        const keys = stored.map(([first, second]) => `${first}\u001f${second}`)
        const map = PersistentMap([...keys, ...others].map((each, i) => [each, i]))
        for (const [first, second] of [...stored, ...asked]) {
          expect(map.getPair(first, second)).toBe(map.get(`${first}\u001f${second}`))
        }
      }),
    )
  })

  test('finds by two parts also among keys with the same hash', () => {
    const first = new Map<number, string>()
    for (let i = 0; ; i++) {
      const hash = hashOfPair('sku', `node-${i}`)
      expect(hash).toBe(hashOf(`sku\u001fnode-${i}`))
      const other = first.get(hash)
      first.set(hash, `node-${i}`)
      if (other === undefined) continue
      const map = PersistentMap([other, `node-${i}`].map((node) => [`sku\u001f${node}`, node]))
      expect([map.getPair('sku', other), map.getPair('sku', `node-${i}`)]).toEqual([other, `node-${i}`])
      expect(map.delete(`sku\u001f${other}`).getPair('sku', other)).toBeUndefined()
      return
    }
  })

  test('is the same map where nothing changed', () => {
    const map = PersistentMap<string, number>([['a', 1]])
    expect(map.set('a', 1)).toBe(map)
    expect(map.delete('b')).toBe(map)
    expect(map.clear().size).toBe(0)
    expect(map.withMutations((each) => each.set('b', 2)).size).toBe(2)
    expect(map.size).toBe(1)
  })
})

test('a persistent set holds what a Set holds', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 100 }), (changes) => {
      const plain = new Set<string>()
      let set = PersistentSet<string>()
      for (const { key, kind } of changes) {
        set = kind === 'set' ? set.add(key) : set.delete(key)
        if (kind === 'set') plain.add(key)
        else plain.delete(key)
      }
      expect(set.size).toBe(plain.size)
      expect([...set].sort()).toEqual([...plain].sort())
      for (const each of plain) expect(set.has(each)).toBe(true)
    }),
  )
})

// Networks as files: what is written can be read again, and what cannot be read says where and why.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  readNetworkFiles,
  readNetworkYaml,
  writeNetworkFiles,
  writeNetworkYaml,
} from '#orchestrator/sourcing'
import { anyNetwork } from './any-network.ts'

const without = (lists: object) =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))

describe('a network as files', () => {
  test('is the same after writing and reading it as CSV', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { put, faults } = readNetworkFiles(writeNetworkFiles(network))
        expect(faults).toEqual([])
        expect(put).toEqual(without(network))
      }),
      { numRuns: 200 },
    )
  })

  test('is the same after writing and reading it as YAML', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { put, faults } = readNetworkYaml(writeNetworkYaml(network), 'network.yaml')
        expect(faults).toEqual([])
        expect(put).toEqual(network)
      }),
      { numRuns: 200 },
    )
  })
})

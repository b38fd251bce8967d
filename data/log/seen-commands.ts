// Remembers in two bytes per command which ids a stream has seen. It may take a new id for an old one (about
// one in 2,000), never an old one for new: so only ids that look old cost a look into the log.

const bitsPerId = 16
const probes = 8

interface Layer {
  bits: Uint32Array
  /** Number of bits, a power of two. */
  size: number
  room: number
}

/** Some of the bits of one layer, as they are written into a snapshot. */
export interface FrozenBits {
  layer: number
  /** Number of bits of the layer, and of ids it still takes. */
  size: number
  room: number
  /** Place of the first of these words. */
  from: number
  /** The words, little endian, base64. */
  words: string
}

/** Words of a layer in one piece. */
const frozenWords = 8_192

/** A set of ids that errs on one side only; it grows by layers, each twice the one before. */
export class SeenCommands {
  readonly #layers: Layer[]

  constructor(layers: Layer[] = [layer(1 << 14)]) {
    this.#layers = layers
  }

  /**
   * The set in pieces. Ids that are added while they are asked for may be among them or not.
   */
  freeze(): Iterable<FrozenBits> {
    return piecesOf([...this.#layers])
  }

  /** Takes the pieces of a set in their order. @returns what gives that set in the end */
  static thaw(): { take(piece: FrozenBits): void; done(): SeenCommands } {
    const layers: Layer[] = []
    return {
      take: ({ layer: number, size, room, from, words }) => {
        layers[number] ??= { bits: new Uint32Array(size / 32), size, room }
        const bytes = Buffer.from(words, 'base64')
        const { bits } = layers[number] as Layer
        new Uint8Array(bits.buffer).set(bytes, from * 4)
      },
      done: () => new SeenCommands(layers.length === 0 ? undefined : layers),
    }
  }

  /** Whether the id may have been added; false only when it never was. */
  has(id: string): boolean {
    const start = hashOf(id)
    const step = mixed(start ^ 0x9747b28c) | 1
    return this.#layers.some((one) => hasAll(one, start, step))
  }

  /** Adds the id; false only when it was never added before. */
  add(id: string): boolean {
    const start = hashOf(id)
    const step = mixed(start ^ 0x9747b28c) | 1
    for (const one of this.#layers) if (hasAll(one, start, step)) return true
    let last = this.#layers.at(-1) as Layer
    if (last.room === 0) {
      last = layer((last.size / bitsPerId) * 2)
      this.#layers.push(last)
    }
    last.room--
    let place = start
    for (let i = 0; i < probes; i++, place = (place + step) >>> 0) {
      const bit = place & (last.size - 1)
      last.bits[bit >>> 5] = (last.bits[bit >>> 5] as number) | (1 << (bit & 31))
    }
    return false
  }
}

function* piecesOf(layers: readonly Layer[]): Generator<FrozenBits> {
  for (const [number, { bits, size, room }] of layers.entries()) {
    for (let from = 0; from < bits.length; from += frozenWords) {
      const part = bits.subarray(from, from + frozenWords)
      const words = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64')
      yield { layer: number, size, room, from, words }
    }
  }
}

function layer(room: number): Layer {
  const size = room * bitsPerId
  return { bits: new Uint32Array(size / 32), size, room }
}

function hasAll({ bits, size }: Layer, start: number, step: number): boolean {
  let place = start
  for (let i = 0; i < probes; i++, place = (place + step) >>> 0) {
    const bit = place & (size - 1)
    if (((bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false
  }
  return true
}

/** FNV-1a over UTF-16 units with a final mix, so that neighbours such as order-1 and order-2 part. */
function hashOf(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mixed(h)
}

function mixed(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

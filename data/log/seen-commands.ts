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

/** A set of ids that errs on one side only; it grows by layers, each twice the one before. */
export class SeenCommands {
  readonly #layers: Layer[] = [layer(1 << 14)]

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

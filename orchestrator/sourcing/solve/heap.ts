// A heap of numbers by their keys, the least first. It knows nothing of what they stand for.

/** The least first; a number may be in it more than once. */
export class Heap {
  readonly #items: number[] = []
  readonly #keys: number[] = []

  clear(): void {
    this.#items.length = 0
    this.#keys.length = 0
  }

  push(item: number, key: number): void {
    let at = this.#items.push(item) - 1
    this.#keys.push(key)
    while (at > 0) {
      const above = (at - 1) >> 1
      if ((this.#keys[above] as number) <= key) break
      this.#put(at, above)
      at = above
    }
    this.#items[at] = item
    this.#keys[at] = key
  }

  /** @returns -1 where there is none */
  pop(): number {
    const first = this.#items[0]
    if (first === undefined) return -1
    const item = this.#items.pop() as number
    const key = this.#keys.pop() as number
    const size = this.#items.length
    if (size === 0) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= size) break
      if (below + 1 < size && (this.#keys[below + 1] as number) < (this.#keys[below] as number)) below++
      if ((this.#keys[below] as number) >= key) break
      this.#put(at, below)
      at = below
    }
    this.#items[at] = item
    this.#keys[at] = key
    return first
  }

  #put(at: number, from: number): void {
    this.#items[at] = this.#items[from] as number
    this.#keys[at] = this.#keys[from] as number
  }
}

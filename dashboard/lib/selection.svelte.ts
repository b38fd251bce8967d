// Rows of a list that a person has chosen; those no longer shown are no longer chosen. It does nothing to them.

/** The chosen rows of a list, by their ids. */
export class Selection {
  #ids = $state.raw<ReadonlySet<string>>(new Set())
  /** Ids that are shown, in their order. */
  #shown: () => readonly string[]
  #last: string | null = null

  constructor(shown: () => readonly string[]) {
    this.#shown = shown
  }

  /** Chosen and still shown, in the order of the list. */
  get ids(): string[] {
    return this.#shown().filter((id) => this.#ids.has(id))
  }

  get isAll(): boolean {
    const shown = this.#shown()
    return shown.length > 0 && shown.every((id) => this.#ids.has(id))
  }

  has = (id: string): boolean => this.#ids.has(id)

  /** @param isRange whether everything from the last choice to this one is meant */
  toggle = (id: string, isRange = false): void => {
    const next = new Set(this.#ids)
    const isOn = !next.has(id)
    const shown = this.#shown()
    const [from, to] = [shown.indexOf(this.#last ?? id), shown.indexOf(id)].sort((a, b) => a - b)
    const meant = isRange && from !== undefined && from >= 0 ? shown.slice(from, (to ?? from) + 1) : [id]
    for (const one of meant) {
      if (isOn) next.add(one)
      else next.delete(one)
    }
    this.#last = id
    this.#ids = next
  }

  toggleAll = (): void => {
    this.#ids = new Set(this.isAll ? [] : this.#shown())
  }

  clear = (): void => {
    this.#ids = new Set()
    this.#last = null
  }
}

// How options of the command line become arguments: whole numbers checked, paths absolute, absent ones left out.

import { resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'

/** A parser of whole numbers within bounds, for commander. */
export function whole(low: number, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isSafeInteger(value) && value >= low && value <= high && text.trim() !== '') return value
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`)
  }
}

/** A parser of lists with commas. */
export function list(text: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.every((item) => item !== '')) return items
  throw new InvalidArgumentError('It must be a list with commas, without empty places.')
}

/** A path from the current folder, absolute: the server may have another. */
export function absolute(path: string): string {
  return resolve(path)
}

/** A shipped mapping by its name as it stands, a mapping file by its absolute path. */
export function mapping(nameOrFile: string): string {
  return /[/\\]|\.(ya?ml|json)$/i.test(nameOrFile) ? resolve(nameOrFile) : nameOrFile
}

/** The object without the fields that are undefined. */
export function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/** A parser of numbers within bounds, for commander. */
export function numberBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isFinite(value) && value >= low && value <= high && text.trim() !== '') return value
    throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`)
  }
}

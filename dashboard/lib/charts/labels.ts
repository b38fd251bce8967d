// Where names stand beside their marks on a map, so that they cover neither each other nor leave the frame. Pure.

/** Px from the left and from the top. */
export interface Spot {
  x: number
  y: number
}

/** A mark with a name. */
export interface Named extends Spot {
  name: string
}

/** Sides of a mark, the best first. */
export const sides = ['right', 'left', 'above', 'below'] as const
/** A side of a mark. */
export type Side = (typeof sides)[number]

interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

const letterWidth = 6.5
const lineHeight = 14
const away = 9

/**
 * A side for each name, the first names first; null where it has room on none.
 * @param marks what no name may hide
 * @param ways what names had better not hide
 */
export function sidesOf(
  named: readonly Named[],
  marks: readonly Spot[],
  ways: readonly Spot[],
  frame: { width: number; height: number },
): (Side | null)[] {
  const taken: Box[] = []
  return named.map((one) => {
    const isFree = (side: Side, kept: readonly Spot[]) => {
      const box = boxOf(one, side)
      const isInside =
        box.left >= 2 && box.right <= frame.width - 2 && box.top >= 0 && box.bottom <= frame.height
      if (!isInside || taken.some((other) => overlap(box, other))) return false
      return kept.every((mark) => mark === one || !covers(box, mark))
    }
    const fits =
      sides.find((side) => isFree(side, [...marks, ...ways])) ?? sides.find((side) => isFree(side, marks))
    if (fits !== undefined) taken.push(boxOf(one, fits))
    return fits ?? null
  })
}

function boxOf({ name, x, y }: Named, side: Side): Box {
  const width = name.length * letterWidth
  const left = side === 'right' ? x + away : side === 'left' ? x - away - width : x - width / 2
  const top = side === 'above' ? y - away - lineHeight : side === 'below' ? y + away : y - lineHeight / 2
  return { left, right: left + width, top, bottom: top + lineHeight }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

function covers(box: Box, { x, y }: Spot): boolean {
  return x > box.left - 4 && x < box.right + 4 && y > box.top - 2 && y < box.bottom + 2
}

// Keys of the keyboard: what each does, for handlers and for the list a person can ask for.

/** A key and what it does. */
export interface Shortcut {
  keys: string
  does: string
}

/** Whether the keys go into a field, where letters are letters. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  if (target === null) return false
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)
}

/** Whether the event is this plain key, outside of fields and without Ctrl, Alt or Cmd. */
export function isKey(event: KeyboardEvent, key: string): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return false
  return event.key.toLowerCase() === key.toLowerCase()
}

/** Where J and K lead among the rows of a list: the next or the one before; whether the event was one of them. */
export function walkRows(event: KeyboardEvent, selector: string): boolean {
  const step = isKey(event, 'j') ? 1 : isKey(event, 'k') ? -1 : 0
  if (step === 0) return false
  const rows = [...document.querySelectorAll<HTMLElement>(selector)]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))]?.focus()
  return true
}

/** Pages by the letter that follows G. */
export const jumps: { key: string; title: string; href: string }[] = [
  { key: 'o', title: 'Overview', href: '/' },
  { key: 'i', title: 'Incidents', href: '/incidents' },
  { key: 'r', title: 'Orders', href: '/orders' },
  { key: 'f', title: 'Fulfillment', href: '/fulfillment' },
  { key: 's', title: 'Inventory', href: '/inventory' },
  { key: 'n', title: 'Network', href: '/network' },
  { key: 't', title: 'Strategies', href: '/strategies' },
  { key: 'e', title: 'Flows', href: '/flows' },
  { key: 'l', title: 'Policies', href: '/policies' },
  { key: 'p', title: 'What if', href: '/what-if' },
  { key: 'm', title: 'Models', href: '/models' },
  { key: 'a', title: 'Alerting', href: '/alerting' },
  { key: 'w', title: 'Webhooks', href: '/webhooks' },
  { key: 'q', title: 'SQL', href: '/sql' },
  { key: 'h', title: 'Health', href: '/health' },
]

/** Everything the keyboard can do, by place. */
export const shortcuts: { place: string; keys: Shortcut[] }[] = [
  {
    place: 'Everywhere',
    keys: [
      { keys: 'Ctrl K', does: 'Search or jump' },
      { keys: '/', does: 'Search this page' },
      { keys: '?', does: 'This list' },
      ...jumps.map(({ key, title }) => ({ keys: `G ${key.toUpperCase()}`, does: title })),
    ],
  },
  {
    place: 'Overview and incidents',
    keys: [
      { keys: 'J / K', does: 'Next or previous incident' },
      { keys: 'E', does: 'Open it: evidence and decisions' },
      { keys: 'A', does: 'Acknowledge it' },
      { keys: 'X', does: 'Select it, and back' },
      { keys: 'T', does: 'Chart as a table, and back' },
      { keys: '← →', does: 'Walk over the points of a focused chart' },
    ],
  },
  {
    place: 'Orders and fulfillment',
    keys: [
      { keys: 'J / K', does: 'Next or previous row' },
      { keys: 'Enter', does: 'Open the order' },
      { keys: 'X', does: 'Select it, and back' },
      { keys: 'N', does: 'Next step of the work' },
    ],
  },
  { place: 'SQL', keys: [{ keys: 'Ctrl Enter', does: 'Run the query' }] },
]

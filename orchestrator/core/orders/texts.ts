// Texts that come with event after event, such as reasons, nodes and cities: each event read from a log brings its own
// copy, and here they become one. It changes no text.

/** The newest of them, in two ages. */
let recent = new Map<string, string>()
let older = new Map<string, string>()
const textsKept = 5_000

/** The same text, as the one object that others have as well. Cost: below a microsecond. */
export function shared<T extends string | null>(text: T): T {
  if (text === null) return text
  const known = recent.get(text) ?? older.get(text) ?? text
  if (!recent.has(text)) recent.set(known, known)
  if (recent.size >= textsKept) {
    older = recent
    recent = new Map()
  }
  return known as T
}

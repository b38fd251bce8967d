// How a text file is written: delimiter, quotes, encoding, bounds. Read from the mapping, never guessed.

/** The dialect of one file, bytes ready for the scanner. */
export interface Dialect {
  delimiter: string
  quote: string
  escape: string
  /** WHATWG label of the encoding. */
  encoding: string
  hasHeader: boolean
  delimiterByte: number
  quoteByte: number | null
  escapeByte: number
  maxRecordBytes: number
}

/** A dialect from the mapping's words. */
export function dialectOf(options: {
  delimiter?: string
  quote?: string
  escape?: string
  encoding?: string
  header?: boolean
  maxRecordBytes: number
}): Dialect {
  const quote = options.quote ?? '"'
  const escapeWith = options.escape ?? quote
  const delimiter = options.delimiter ?? ','
  return {
    delimiter,
    quote,
    escape: escapeWith,
    encoding: options.encoding ?? 'utf-8',
    hasHeader: options.header ?? true,
    delimiterByte: delimiter.charCodeAt(0),
    quoteByte: quote === '' ? null : quote.charCodeAt(0),
    escapeByte: escapeWith === '' ? -1 : escapeWith.charCodeAt(0),
    maxRecordBytes: options.maxRecordBytes,
  }
}

/**
 * The cells of one record's text, as well as they can be told.
 * @param text a record without its newline, as the scanner gives it
 */
export function splitRecord(text: string, dialect: Dialect): string[] {
  return split(text, dialect).cells
}

/** The cells of one record's text; null when a quote does not close or is followed by text. */
export function wholeRecord(text: string, dialect: Dialect): string[] | null {
  const { cells, isWhole } = split(text, dialect)
  return isWhole ? cells : null
}

function split(text: string, { quote, escape: escapeWith, delimiter }: Dialect) {
  const cells: string[] = []
  let cell = ''
  let isWhole = true
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (state === 'quoted') {
      if (char === escapeWith && (escapeWith !== quote || text[i + 1] === quote)) cell += text[++i] ?? ''
      else if (char === quote) state = 'closed'
      else cell += char
    } else if (char === delimiter) {
      cells.push(cell)
      cell = ''
      state = 'start'
    } else if (state === 'start' && quote !== '' && char === quote) {
      state = 'quoted'
    } else if (state === 'start' && quote !== '' && char === ' ' && text[i + 1] === quote) {
      i++
      state = 'quoted'
    } else {
      isWhole &&= state !== 'closed'
      if (state === 'start') state = 'plain'
      cell += char
    }
  }
  return { cells: [...cells, cell], isWhole: isWhole && state !== 'quoted' }
}

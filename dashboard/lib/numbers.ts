// Numbers as text: tabular, with thin spaces before units, signs on changes and currencies on money.

/** A thin space before a unit, between word joiners so that no line ends there. */
export const thin = '\u2060\u2009\u2060'
const minus = '\u2212'
/** What stands where there is no number. */
export const none = '–'

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const oneDigit = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const signed = (text: string) => text.replace('-', minus)

/** `8,412` */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? none : signed(grouped.format(value))
}

/** `1 order`, `2 orders`; the plural only adds an s unless it is given. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`
}

/** `94.1 %` of 0.941 */
export function percent(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined) return none
  return `${signed((value * 100).toFixed(digits))}${thin}%`
}

/** `5.2 h` */
export function hours(value: number | null | undefined): string {
  if (value === null || value === undefined) return none
  const isLarge = Math.abs(value) >= 100
  return `${signed((isLarge ? grouped : oneDigit).format(value))}${thin}h`
}

/**
 * Money of an amount in minor units: `$6.84`, `$9,120`.
 * @param isExact whether minor units are shown also where the amount is large
 */
export function money(cents: number | null | undefined, currency: string, isExact = false): string {
  if (cents === null || cents === undefined) return none
  const format = moneyFormat(currency)
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  const amount = cents / 10 ** digits
  const isShort = !isExact && Math.abs(amount) >= 100
  return signed((isShort ? moneyFormat(currency, 0) : format).format(amount))
}

/** Digits after the point of a currency: 2 for USD, 0 for JPY; 2 where there is none. */
export function minorUnitsOf(currency: string | null): number {
  return currency === null ? 2 : (moneyFormat(currency).resolvedOptions().maximumFractionDigits ?? 2)
}

const moneyFormats = new Map<string, Intl.NumberFormat>()

function moneyFormat(currency: string, digits?: number): Intl.NumberFormat {
  const key = `${currency}/${digits ?? ''}`
  const known = moneyFormats.get(key)
  if (known !== undefined) return known
  const isCode = /^[A-Za-z]{3}$/.test(currency)
  const options: Intl.NumberFormatOptions = {
    style: 'currency',
    currency: isCode ? currency : 'XXX',
    currencyDisplay: 'narrowSymbol',
    ...(digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }
  const format = new Intl.NumberFormat('en-US', options)
  moneyFormats.set(key, format)
  return format
}

/** A value of a metric in its unit. */
export function inUnit(value: number | null | undefined, unit: string, currency: string | null): string {
  if (value === null || value === undefined) return none
  if (unit === 'share') return percent(value)
  if (unit === 'hours') return hours(value)
  if (unit === 'cents') return currency === null ? count(value / 100) : money(value, currency)
  // Tenths of things that are counted say something only where they are few.
  return Number.isInteger(value) || Math.abs(value) >= 20 ? count(value) : signed(oneDigit.format(value))
}

/** A change as the contract gives it: points of a share, else relative. `+38 %`, `−3.1 pt` */
export function change(value: number | null, unit: string): string {
  if (value === null) return none
  const sign = value > 0 ? '+' : value < 0 ? minus : '±'
  const size = Math.abs(value * 100)
  if (unit === 'share') return `${sign}${size.toFixed(1)}${thin}pt`
  return `${sign}${size >= 10 ? grouped.format(size) : size.toFixed(1)}${thin}%`
}

/** `47 min`, `2 h 05 min`, `3 d 4 h` */
export function duration(minutes: number | null | undefined): string {
  if (minutes === null || minutes === undefined) return none
  const whole = Math.round(Math.abs(minutes))
  if (whole < 60) return `${whole}${thin}min`
  const [wholeHours, rest] = [Math.floor(whole / 60), whole % 60]
  if (wholeHours < 24)
    return `${wholeHours}${thin}h${rest === 0 ? '' : ` ${String(rest).padStart(2, '0')}${thin}min`}`
  const days = Math.floor(wholeHours / 24)
  return `${days}${thin}d${wholeHours % 24 === 0 ? '' : ` ${wholeHours % 24}${thin}h`}`
}

/** `4 s`, `12 min`, `3 h`, `2 d`: one unit, for ages. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 90) return `${seconds}${thin}s`
  if (seconds < 5400) return `${Math.round(seconds / 60)}${thin}min`
  if (seconds < 129_600) return `${Math.round(seconds / 3600)}${thin}h`
  return `${count(Math.round(seconds / 86_400))}${thin}d`
}

/** `5.5 MB`; 1 MB is a million bytes. */
export function bytes(value: number | null): string {
  if (value === null) return none
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3))
  const amount = value / 1000 ** power
  return `${(power === 0 || amount >= 100 ? grouped : oneDigit).format(amount)}${thin}${units[power]}`
}

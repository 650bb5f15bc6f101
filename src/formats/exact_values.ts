// Values that a JavaScript number or date would cut, as text.

/** A day since 1970 as text; PostgreSQL and DuckDB write infinity as the last day that there is. */
export function isoDate(days: number): string {
  if (days >= 2 ** 31 - 1) return 'infinity'
  if (days <= 1 - 2 ** 31) return '-infinity'
  const date = new Date(days * 86_400_000)
  return Number.isNaN(date.getTime()) ? `${days} days since 1970-01-01` : date.toISOString().replace(/T.*/, '')
}

/** A time since 1970 as text, with so many digits of a second at most. */
export function isoTime(value: bigint, perSecond: bigint, digits: number): string {
  const fraction = ((value % perSecond) + perSecond) % perSecond
  const seconds = Number((value - fraction) / perSecond)
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return String(value)
  const decimals = String(fraction).padStart(digits, '0').replace(/0+$/, '')
  return `${date.toISOString().slice(0, -5)}${decimals ? `.${decimals}` : ''}Z`
}

/** A time of day: "13:45:30.25". */
export function timeOfDay(value: bigint, perSecond: bigint, digits: number): string {
  const text = isoTime(value, perSecond, digits)
  return text.startsWith('1970-01-01T') ? text.slice(11, -1) : String(value)
}

/** `unscaled` ÷ 10^scale: a number where it keeps all digits, else text. */
export function decimal(unscaled: bigint, scale: number): number | string {
  // No format has scales like these; damaged files do.
  if (Math.abs(scale) > 1000) return `${unscaled}e${-scale}`
  const isNegative = unscaled < 0n
  const digits = String(isNegative ? -unscaled : unscaled).padStart(scale + 1, '0')
  const whole = scale > 0 ? digits.slice(0, -scale) : digits + '0'.repeat(-scale)
  const fraction = scale > 0 ? digits.slice(-scale).replace(/0+$/, '') : ''
  const text = `${isNegative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
  const number = Number(text)
  return String(number) === text ? number : text
}

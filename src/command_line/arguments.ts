import { InvalidArgumentError } from 'commander'

/** Values of options as they are written on the command line; each throws what commander tells the user. */

export const repeated = (value: string, earlier: string[]): string[] => [...earlier, value]
export const whole =
  (least: number) =>
  (text: string): number => {
    const n = Number(text.replace(/[_,]/g, ''))
    if (!Number.isSafeInteger(n) || n < least) throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`)
    return n
  }
export const number = (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isFinite(n)) throw new InvalidArgumentError('Expected a number.')
  return n
}
export const above0 = (text: string): number => {
  const n = number(text)
  if (n <= 0) throw new InvalidArgumentError('Expected a number above 0.')
  return n
}
export const share = (text: string): number => {
  const n = Number(text)
  if (!(n >= 0 && n <= 1)) throw new InvalidArgumentError('Expected a share between 0 and 1.')
  return n
}

/** Bytes: 64MiB, 64M (the same), 1.5GiB, 100kB or a number. */
export const byteCount = (text: string): number => {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*((?:k|m|g|t)?(?:i?b)?)$/i.exec(text) ?? []
  const powers = ['', 'k', 'm', 'g', 't']
  const isDecimal = /^(?:k|m|g|t)b$/i.test(unit)
  const n = Math.round(Number(digits) * (isDecimal ? 1000 : 1024) ** Math.max(0, powers.indexOf(unit.charAt(0).toLowerCase())))
  if (digits === '' || !Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('Expected a size, such as 256MiB or 1GB.')
  return n
}

/** A number, or a share as a percentage. */
export const taking = (text: string): { count: number } | { share: number } => {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text) ?? []
  if (percent === undefined) return { count: whole(1)(text) }
  const share = Number(percent) / 100
  if (!(share > 0 && share <= 1)) throw new InvalidArgumentError('Expected a number, or a share above 0 % and up to 100 %.')
  return { share }
}

export const list = (text: string): string[] => text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]))
export const seeds = (text: string): number[] => {
  const found = list(text).map(whole(0))
  if (found.length === 0) throw new InvalidArgumentError('Expected whole numbers, such as 1,2.')
  return found
}

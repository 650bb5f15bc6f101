/** Attributes that are read, by their length. */
const read: string[][] = []
for (const name of ['class', 'id', 'href', 'role', 'hidden', 'aria-hidden', 'style', 'itemprop', 'type', 'alt', 'src', 'shadowrootmode'])
  (read[name.length] ??= []).push(name)
const none: string[] = []

/** The attribute's name if it is one of those that are read, or ''. */
export function attributeAt(source: string, start: number, end: number): string {
  for (const name of read[end - start] ?? none) {
    if (source.startsWith(name, start)) return name
    // Old pages write in capitals.
    if (source.charCodeAt(start) + 32 === name.charCodeAt(0) && source.slice(start, end).toLowerCase() === name) return name
  }
  return ''
}

/** Whether the value of `aria-hidden` or `style` hides an element. */
export const isHidden = (name: string, value: string): boolean =>
  name === 'style' ? /display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)/i.test(value) : value === 'true'

/** Whether the value of `style` makes an element in lines a block. */
export const isShownAsBlock = (style: string): boolean => /(?:^|[;\s])display\s*:\s*(?:block|flex|grid|table|list-item)\b/i.test(style)

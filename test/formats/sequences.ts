/** Every byte sequence that an encoding gives a meaning, and those of one and two bytes that have none, each on a line of its own. */
export function everySequence(encoding: string): Buffer {
  const parts: number[] = []
  const add = (...bytes: number[]): void => void parts.push(...bytes, 10)
  if (encoding === 'iso-2022-jp') {
    for (let lead = 0x21; lead <= 0x7e; lead++)
      for (let trail = 0x21; trail <= 0x7e; trail++) add(0x1b, 0x24, 0x42, lead, trail, 0x1b, 0x28, 0x42)
    return Buffer.from(parts)
  }
  const isMultiByte = ['big5', 'euc-jp', 'euc-kr', 'gb18030', 'gbk', 'shift_jis'].includes(encoding)
  for (let first = 0; first < 256; first++) {
    add(first)
    if (isMultiByte && first >= 0x80) for (let second = 0; second < 256; second++) add(first, second)
  }
  if (encoding === 'euc-jp')
    for (let second = 0xa1; second < 0xff; second++) for (let third = 0; third < 256; third++) add(0x8f, second, third)
  if (encoding === 'gb18030' || encoding === 'gbk') {
    // 39,420 characters of the basic plane, and every tenth beyond it.
    for (let pointer = 0; pointer < 1_237_576; pointer += pointer < 39_420 ? 1 : 10)
      add(
        0x81 + Math.floor(pointer / 12600),
        0x30 + (Math.floor(pointer / 1260) % 10),
        0x81 + (Math.floor(pointer / 10) % 126),
        0x30 + (pointer % 10),
      )
  }
  return Buffer.from(parts)
}

/** Python's `round(value, decimals)`: of two numbers that are as near, the one whose last digit is even. */
export function round(value: number, decimals: number): number {
  const scale = 10 ** decimals
  // only a fraction of so many binary digits can lie in the middle
  const isTie = Number.isInteger(value * 2 ** (decimals + 1)) && Math.abs(value * scale * 2) % 2 === 1
  return isTie ? (Math.round((value * scale) / 2) * 2) / scale : Number(value.toFixed(decimals))
}

/**
 * Distribution functions of Student's t, central and not, of χ² and of the normal; tests compare them to a table of SciPy's values.
 */

/** Lanczos' approximation with g = 607/128 and 15 terms (Godfrey): 15 digits. */
export function logGamma(x: number): number {
  let sum = 0.9999999999999971
  for (const [i, c] of lanczos.entries()) sum += c / (x + i)
  const t = x + 607 / 128 - 0.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

const lanczos = [
  57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202, 3.399464998481189e-5, 4.652362892704858e-5,
  -9.837447530487956e-5, 0.0001580887032249125, -0.00021026444172410488, 0.00021743961811521265, -0.0001643181065367639,
  8.441822398385275e-5, -2.6190838401581408e-5, 3.6899182659531625e-6,
]

/** The continued fraction a₁ ÷ (1 + a₂ ÷ (1 + …)) of the beta and gamma functions, by Lentz's method. */
function continuedFraction(start: number, term: (n: number) => { a: number; b: number }): number {
  const tiny = 1e-300
  let f = start === 0 ? tiny : start
  let [c, d] = [f, 0]
  for (let n = 1; n < 10_000; n++) {
    const { a, b } = term(n)
    d = b + a * d || tiny
    c = b + a / c || tiny
    d = 1 / d
    const change = c * d
    f *= change
    if (Math.abs(change - 1) < 1e-15) break
  }
  return f
}

/** The regularised incomplete beta function I_x(a, b). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  const fraction = continuedFraction(1, (n) => {
    const m = n >> 1
    const numerator =
      n % 2 === 0 ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    return { a: numerator, b: 1 }
  })
  return front / fraction
}

/** The regularised lower incomplete gamma function P(a, x). */
export function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let [sum, term] = [1 / a, 1 / a]
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= x / (a + n)
      sum += term
    }
    return front * sum
  }
  return 1 - front / continuedFraction(x + 1 - a, (n) => ({ a: -n * (n - a), b: x + 2 * n + 1 - a }))
}

/** P(Z ≤ z) of the standard normal. */
export const normalCdf = (z: number): number =>
  z < 0 ? 0.5 - 0.5 * incompleteGamma(0.5, (z * z) / 2) : 0.5 + 0.5 * incompleteGamma(0.5, (z * z) / 2)

/** P(T ≤ t) of Student's t. */
export function studentCdf(t: number, df: number): number {
  const tail = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5)
  return t > 0 ? 1 - tail : tail
}

/** The value that t exceeds in absolute terms with probability `1 - confidence`. */
export function studentCritical(confidence: number, df: number): number {
  const outside = 1 - confidence
  return root((t) => outside - incompleteBeta(df / (df + t * t), df / 2, 0.5))
}

/** The value below which a χ² of so many degrees of freedom stays with a probability. */
export const chiSquareQuantile = (probability: number, df: number): number => root((x) => incompleteGamma(df / 2, x / 2) - probability)

/** Where an increasing function of a positive number passes zero. */
function root(f: (x: number) => number): number {
  let [low, high] = [0, 1]
  while (f(high) < 0 && high < 1e12) [low, high] = [high, 2 * high]
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2
    if (f(middle) < 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * P(T ≤ t) of the noncentral t: (Z + δ) ÷ S with Z normal and S² a χ² over its degrees of freedom. The integral of Φ(t·s − δ) over the density of S
 * by Simpson's rule: the integrand is smooth, and all but 1e-15 of S lies within 9 of its standard deviations of 1.
 */
export function noncentralStudentCdf(t: number, df: number, noncentrality: number): number {
  const spread = 9 / Math.sqrt(2 * df)
  const [from, to] = [Math.max(0, 1 - spread), 1 + spread]
  const logScale = Math.log(2) + (df / 2) * Math.log(df / 2) - logGamma(df / 2)
  const density = (s: number): number =>
    s === 0 ? (df === 1 ? Math.exp(logScale) : 0) : Math.exp(logScale + (df - 1) * Math.log(s) - (df * s * s) / 2)
  // Φ(t·s − δ) rises within 1 ÷ t.
  const intervals = 2 * Math.ceil(Math.min(1e5, 200 + 30 * Math.abs(t)))
  const width = (to - from) / intervals
  let sum = 0
  for (let i = 0; i <= intervals; i++) {
    const s = from + i * width
    const weight = i === 0 || i === intervals ? 1 : i % 2 === 1 ? 4 : 2
    sum += weight * density(s) * normalCdf(t * s - noncentrality)
  }
  return Math.min(1, (sum * width) / 3)
}

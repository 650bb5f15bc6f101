const numberFrom = (name: string, otherwise: number): number => {
  const value = Number(process.env[name])
  return Number.isFinite(value) && value > 0 ? value : otherwise
}

/** Manners towards servers. Each can be set in the environment, so that every process of a run has the same. */
export const limits = {
  /** Connections to one host, in each worker. */
  connections: numberFrom('DECANT_CONNECTIONS', 4),
  /** How often a request is tried that gets nothing. */
  tries: numberFrom('DECANT_TRIES', 8),
  /** Milliseconds without a byte after which a request is given up. */
  stall: numberFrom('DECANT_TIMEOUT', 30) * 1000,
  /** Milliseconds that no wait between two tries exceeds, unless a server asks for more. */
  wait: numberFrom('DECANT_MAX_WAIT', 120) * 1000,
}

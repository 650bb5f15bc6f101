/** Which way figures err where a deduplication has seen other documents than the rules now keep. */
export const standingNote = (barriers: readonly string[], seen: string): string =>
  `${barriers.join(' and ')} compared only what ${seen}, so figures are too high where rules are looser (copies among the added documents count too), and may be too low where they are stricter`

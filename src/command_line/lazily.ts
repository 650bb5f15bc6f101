/** Load a command only when it runs, so that help and usage errors appear at once. */
export const lazily =
  <M, K extends keyof M>(load: () => Promise<M>, name: K) =>
  async (...given: M[K] extends (...args: infer A) => unknown ? A : never): Promise<void> => {
    const command = (await load())[name] as (...args: typeof given) => unknown
    await command(...given)
  }

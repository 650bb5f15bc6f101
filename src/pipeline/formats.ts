/** Version of `plan.json`. Raise it when an older decant could not read a newer plan, or the other way round. */
export const planFormat = 2

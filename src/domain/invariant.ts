/** Stops on a broken invariant: a bug of ours, never bad input. */
export function assert(holds: unknown, message: string): asserts holds {
  if (!holds) throw new Error(`invariant broken: ${message}`);
}

/** Ends a switch over a union: the compiler complains when a member is missing. */
export function assertNever(value: never): never {
  throw new Error(`invariant broken: unexpected ${JSON.stringify(value)}`);
}

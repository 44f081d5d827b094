/** The gRPC codes of a failure and of what caused it, the outermost first; `undefined` for one that has none. */
export function codesIn(failure: unknown): unknown[] {
  if (!(failure instanceof Error)) return [];
  return [(failure as { code?: unknown }).code, ...codesIn(failure.cause)];
}

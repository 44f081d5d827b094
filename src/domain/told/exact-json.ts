const marked = /"\\u0000([0-9.]+)\\u0000"/g;
const jsonNumber = /^(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * A JSON number with exactly these digits. JavaScript numbers forget the zeros of `20.50` and digits past the 17th. Its
 * type is `number` because that is what a reader of the answer gets; here it only travels to `exactJson`.
 */
export function exactNumber(text: string): number {
  if (!jsonNumber.test(text)) return Number(text);
  return { toJSON: () => `\0${text}\0` } as unknown as number;
}

/** JSON text with exact numbers in place. NUL marks them: no text of a caller may hold one. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value).replace(marked, '$1');
}

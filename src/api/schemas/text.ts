import { LosslessNumber, isSafeNumber } from 'lossless-json';
import { z } from 'zod';

/** Text of at least `min` and at most `max` code points. */
export function text(min: number, max: number) {
  return z
    .string()
    .refine((value) => lengthWithin(value, min, max), { error: `expected ${min} to ${max} characters` })
    .meta({ minLength: min, maxLength: max });
}

// A code point is one or two units, so most lengths are judged without counting.
function lengthWithin(value: string, min: number, max: number): boolean {
  if (value.length > 2 * max) return false;
  const length = [...value].length;
  return length >= min && length <= max;
}

// Of ISO 8601 we take what a program may write: with seconds or without, `T` and `Z` in either case.
const zoned = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]);
const lostPlus = /T\d{2}:\d{2}[\d:.]* \d{2}:\d{2}$/;
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An instant of a query. Beyond what the database can hold, nothing lies: the ends stand for it. */
export const instant = z
  .string()
  .transform((value) => value.toUpperCase())
  .refine((value) => !lostPlus.test(value), {
    error: 'expected ISO 8601 with a time zone: its plus sign came as a blank, in a URL it is written %2B',
    abort: true,
  })
  .refine((value) => zoned.safeParse(value).success, 'expected ISO 8601 with a time zone')
  .transform((value) => new Date(Math.min(latest, Math.max(earliest, Date.parse(value)))).toISOString())
  .meta({ format: 'date-time' }); // not its pattern, which no reader of the reference wants to see

/** Digits, from 1 to `max`. */
export function pageLimit(max: number, preset: number) {
  return z
    .string()
    .refine((value) => /^\d{1,6}$/.test(value), { error: 'expected digits', abort: true })
    .transform(Number)
    .refine((value) => value >= 1 && value <= max, `expected 1 to ${max}`)
    .default(preset)
    .meta({ type: 'integer', minimum: 1, maximum: max, default: preset }); // text in a query, a number to whoever writes one
}

export const cursorText = z.string().min(1, 'expected a cursor').optional();

/** A coin amount: decimal text, or a JSON number that is written without an exponent, with all its digits. */
export const coinText = z
  .preprocess(
    (given) => (given instanceof LosslessNumber ? given.value : given),
    z.union([z.string(), z.number().transform(String)]),
  )
  .refine((value) => /^\d{1,80}(\.\d{1,80})?$/.test(value), 'expected a plain, non-negative decimal');

/** A number that need not be whole, and that a double holds with all its digits. */
export function decimalNumber(min: number, max: number) {
  return z.preprocess(
    (given) => (given instanceof LosslessNumber && isSafeNumber(given.value) ? Number(given.value) : given),
    z.number().min(min).max(max),
  );
}

interface CreatedWindow {
  readonly created_after?: string | undefined;
  readonly created_before?: string | undefined;
}

/** For `refine`: a window of time that ends before it begins is a mistake, not an empty list. */
export const createdInOrder: [(query: CreatedWindow) => boolean, { path: string[]; error: string }] = [
  ({ created_after, created_before }) => !created_after || !created_before || created_after < created_before,
  { path: ['created_before'], error: 'expected a later instant than created_after' },
];

/** Where a page of the console goes on; a field left empty is none. */
export const formCursor = z
  .string()
  .transform((cursor) => cursor || undefined)
  .optional();

import { z } from 'zod';

/** Names that people send in the place of a field of ours, by schema: what they mean by them would go unnoticed. */
export const nearMisses = z.registry<Readonly<Record<string, string>>>();

/**
 * The field that an unknown name was probably meant for, or null: it is listed as a near miss, differs in case and separators
 * alone, or by one letter that is missing, superfluous, wrong, or swapped with the next.
 */
export function meantBy(name: string, schema: z.ZodObject): string | null {
  const listed = nearMisses.get(schema) ?? {};
  if (Object.hasOwn(listed, name)) return listed[name] ?? null;
  const plain = lettersOf(name);
  return Object.keys(schema.shape).find((field) => isOneSlip(plain, lettersOf(field))) ?? null;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

const shortest = 5; // of shorter names nearly every one is a slip of another

function isOneSlip(given: string, meant: string): boolean {
  if (given === meant) return true;
  if (meant.length < shortest || Math.abs(given.length - meant.length) > 1) return false;
  let start = 0;
  while (start < given.length && given[start] === meant[start]) start += 1;
  const left = given.slice(start);
  const wanted = meant.slice(start);
  const rests = [
    [left.slice(1), wanted], // superfluous
    [left, wanted.slice(1)], // missing
    [left.slice(1), wanted.slice(1)], // wrong
  ];
  const isSwapped = left[0] === wanted[1] && left[1] === wanted[0] && left.slice(2) === wanted.slice(2);
  return isSwapped || rests.some(([rest, other]) => rest === other);
}

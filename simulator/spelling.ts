import { LosslessNumber } from 'lossless-json';

/** Ids and amounts are text inside and JSON numbers on the wire, with every digit they have. */
export function number(text: string): LosslessNumber {
  return new LosslessNumber(text);
}

export function numberOrNull(text: string | null): LosslessNumber | null {
  return text === null ? null : number(text);
}

/** The provider writes null where nothing is listed. */
export function numbersOrNull(texts: readonly string[]): LosslessNumber[] | null {
  return texts.length === 0 ? null : texts.map(number);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

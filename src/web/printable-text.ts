// Controls, line separators and bidi marks can reorder or hide what a person reads; lone surrogates are no text.
const unprintable =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** One line that shows what it contains and nothing else. */
export function printableText(text: string): string {
  return text.replace(unprintable, '');
}

/** Whether one line shows all that it contains. */
export function isPrintableLine(text: string): boolean {
  return printableText(text) === text;
}

/** What `printableText` leaves, of text whose line breaks count: notes, provider answers. */
export function printableLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(printableText)
    .join('\n');
}

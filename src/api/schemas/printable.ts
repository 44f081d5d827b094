import { isPrintableLine } from '../../web/printable-text.js';
import { text } from './text.js';

const unprintable = 'expected characters that can be seen: no controls, and none that hide or turn text around';
const blank = { error: 'expected words, not blanks', abort: true };

/** A line that shows people all that it contains; blanks around it are taken off. */
export function printableLine(max: number) {
  return text(1, max)
    .transform((words) => words.trim())
    .refine((words) => words !== '', blank)
    .refine(isPrintableLine, unprintable);
}

/** The same of a few lines. */
export function printableLines(max: number, most: number) {
  return text(1, max)
    .transform((words) => words.replaceAll('\r\n', '\n').trim())
    .refine((words) => words !== '', blank)
    .refine((words) => words.split('\n').length <= most, `expected at most ${most} lines`)
    .refine((words) => words.split('\n').every(isPrintableLine), unprintable);
}

import { fontFor, useFont, type FontName, type Weight } from './pdf-fonts.js';

export interface Style {
  readonly size: number;
  readonly colour: string;
  readonly weight?: Weight;
  readonly spacing?: number;
}

interface Run {
  readonly font: FontName;
  readonly text: string;
}

const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const rightToLeftStretch = new RegExp(`${rightToLeft.source}(?:.*${rightToLeft.source})?`, 'u');

/** Writes one line with its baseline at `y` and returns where it ended. */
export function writeLine(
  doc: PDFKit.PDFDocument,
  text: string,
  { x, y, style, align = 'left' }: { x: number; y: number; style: Style; align?: 'left' | 'right' },
): number {
  const runs = runsOf(text, style.weight ?? 'regular');
  let at = align === 'right' ? x - widthOf(doc, runs, style) : x;
  for (const run of runs) {
    useFont(doc, run.font).fontSize(style.size).fillColor(style.colour);
    const options = { lineBreak: false, baseline: 'alphabetic', characterSpacing: style.spacing ?? 0 } as const;
    doc.text(run.text, at, y, options);
    at += doc.widthOfString(run.text, options);
  }
  return at;
}

/** The style in which one line of text is no wider than `width`: as it is, or smaller. */
export function fittingStyle(doc: PDFKit.PDFDocument, text: string, width: number, style: Style): Style {
  const natural = widthOf(doc, runsOf(text, style.weight ?? 'regular'), style);
  return natural <= width ? style : { ...style, size: (style.size * width) / natural };
}

/** Breaks text into lines no wider than `width`: between words where it can, inside one where it must. */
export function breakLines(doc: PDFKit.PDFDocument, text: string, width: number, style: Style): string[] {
  const fits = (line: string) => widthOf(doc, runsOf(line, style.weight ?? 'regular'), style) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<= )/u)) {
    const pieces = fits(word) ? [word] : Array.from(word);
    for (const piece of pieces) {
      if (line && !fits(line + piece.trimEnd())) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += piece;
    }
  }
  return [...lines, line.trimEnd()];
}

function widthOf(doc: PDFKit.PDFDocument, runs: readonly Run[], { size, spacing = 0 }: Style): number {
  return runs.reduce((sum, run) => {
    useFont(doc, run.font).fontSize(size);
    return sum + doc.widthOfString(run.text, { characterSpacing: spacing });
  }, 0);
}

// A space is a run of its own beside right-to-left words: inside one it would be drawn at the wrong end.
function runsOf(text: string, weight: Weight): Run[] {
  const runs: Run[] = [];
  for (const character of visualOrder(text)) {
    const font = fontFor(character, weight);
    const next = { font: font ?? weight, text: font ? character : '?' };
    const last = runs.at(-1);
    if (last?.font === next.font && rightToLeft.test(last.text) === rightToLeft.test(character)) {
      runs[runs.length - 1] = { font: last.font, text: last.text + next.text };
    } else {
      runs.push(next);
    }
  }
  return runs;
}

// The layout engine turns the letters of a right-to-left word around; the words of a stretch are left to us.
function visualOrder(text: string): string {
  return text.replace(rightToLeftStretch, (stretch) => stretch.split(' ').reverse().join(' '));
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { unpackWoff } from './woff-font.js';

const resolve = createRequire(import.meta.url).resolve;

// Inter for what nearly every receipt says; DejaVu for the scripts it lacks, Arabic joined; UnifontEX, plain but
// complete, for CJK and emoji. Only the glyphs that a page uses are embedded.
const files = {
  regular: resolve('@fontsource/inter/files/inter-latin-400-normal.woff'),
  semibold: resolve('@fontsource/inter/files/inter-latin-600-normal.woff'),
  dejavu: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  dejavuBold: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
  unifont: resolve('@fontsource/unifontex/files/unifontex-latin-400-normal.woff'),
} as const;
export type FontName = keyof typeof files;

export type Weight = 'regular' | 'semibold';
const fallbacks: Record<Weight, readonly FontName[]> = {
  regular: ['regular', 'dejavu', 'unifont'],
  semibold: ['semibold', 'dejavuBold', 'unifont'],
};

const loaded = new Map<FontName, Buffer>();
const found = new Map<string, FontName | null>();

// Asking a font makes it part of the document that asks, so the questions go to one that is never written: the bytes
// of a receipt must not depend on what this process rendered before.
const scratch = new PDFDocument({ autoFirstPage: false });

export function useFont(doc: PDFKit.PDFDocument, name: FontName): PDFKit.PDFDocument {
  return doc.registerFont(name, fontBytes(name)).font(name);
}

/** The first font of the weight that can draw the character; null when none can. */
export function fontFor(character: string, weight: Weight): FontName | null {
  const key = weight + character;
  const known = found.get(key);
  if (known !== undefined) return known;
  const font = fallbacks[weight].find((name) => hasGlyph(name, character)) ?? null;
  found.set(key, font);
  return font;
}

function fontBytes(name: FontName): Buffer {
  const bytes = loaded.get(name) ?? readFont(files[name]);
  loaded.set(name, bytes);
  return bytes;
}

function readFont(file: string): Buffer {
  const bytes = readFileSync(file);
  return file.endsWith('.woff') ? unpackWoff(bytes) : bytes;
}

function hasGlyph(name: FontName, character: string): boolean {
  useFont(scratch, name);
  // pdfkit keeps the parsed font of the current face here; its types leave the field out.
  const current = scratch as unknown as { _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } } };
  return current._font.font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}

import { ar } from './strings/ar.js';
import { de } from './strings/de.js';
import { en, type Strings } from './strings/en.js';
import { es } from './strings/es.js';
import { fr } from './strings/fr.js';
import { pt } from './strings/pt.js';
import { zh } from './strings/zh.js';

/** In the order in which a payer chooses from them. */
export const languages: readonly Strings[] = [en, de, es, fr, pt, zh, ar];

/** The strings to use: what the link asks for, else what the browser prefers, else English. */
export function chooseLanguage({ wanted, accepted }: { wanted?: string; accepted?: string }): Strings {
  return (
    known(languageIn(wanted ?? '')) ??
    preferred(accepted ?? '')
      .map(known)
      .find((strings) => strings !== null) ??
    en
  );
}

function preferred(header: string): string[] {
  const choices = header.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    return { language: languageIn(range), quality: Number(quality) || 0 };
  });
  return choices
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ language }) => language);
}

/** `pt` of `pt-BR`. */
function languageIn(range: string): string {
  return range.split('-')[0]!.toLowerCase();
}

function known(language: string): Strings | null {
  return languages.find((strings) => strings.language === language) ?? null;
}

import { de } from './strings/de.js';
import { en, type Strings } from './strings/en.js';

const languages: Readonly<Record<string, Strings>> = { en, de };

/** The strings to use: what the link asks for, else what the browser prefers, else English. */
export function chooseLanguage({ wanted, accepted }: { wanted?: string; accepted?: string }): Strings {
  return (
    known(wanted ?? '') ??
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
    return { language: range.split('-')[0]?.toLowerCase() ?? '', quality: Number(quality) || 0 };
  });
  return choices
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ language }) => language);
}

function known(language: string): Strings | null {
  return Object.hasOwn(languages, language) ? (languages[language] ?? null) : null;
}

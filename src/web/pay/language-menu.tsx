import type { VNode } from 'preact';
import { languages } from './language.js';
import type { Strings } from './strings/en.js';

/** The page in other languages. Opens without script. */
export function LanguageMenu({ strings }: { strings: Strings }): VNode {
  return (
    <nav class="languages" aria-label={strings.languages}>
      <details>
        <summary>{strings.languageName}</summary>
        <ul>
          {languages.map(({ language, languageName, direction }) => (
            <li>
              <a
                href={`?lang=${language}`}
                hreflang={language}
                lang={language}
                dir={direction}
                aria-current={language === strings.language || undefined}
              >
                {languageName}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </nav>
  );
}

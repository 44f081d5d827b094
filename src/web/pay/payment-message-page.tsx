import { htmlPage } from '../layout.js';
import type { Strings } from './strings/en.js';

/** The answer to a token that names no order. */
export function paymentNotFoundPage(strings: Strings, brandName: string): string {
  return messagePage({ strings, brandName, ...strings.notFound });
}

/** The answer while the database is away. */
export function paymentAwayPage(strings: Strings, brandName: string): string {
  return messagePage({ strings, brandName, ...strings.away });
}

/** The answer to an address that asks too often. */
export function paymentTooManyPage(strings: Strings, brandName: string): string {
  return messagePage({ strings, brandName, ...strings.tooMany });
}

interface Message {
  readonly strings: Strings;
  readonly brandName: string;
  readonly heading: string;
  readonly text: string;
}

function messagePage({ strings, brandName, heading, text }: Message): string {
  return htmlPage({
    title: strings.pageTitle(heading, brandName),
    language: strings.language,
    direction: strings.direction,
    children: (
      <>
        <header class="top">
          <span class="brand">{brandName}</span>
        </header>
        <main class="payment">
          <section class="card message tone-stop">
            <h1>{heading}</h1>
            <p>{text}</p>
          </section>
        </main>
      </>
    ),
  });
}

import { brand } from '../../domain/brand.js';
import { htmlPage } from '../layout.js';
import type { Strings } from './strings/en.js';

/** The answer to a token that names no order. */
export function paymentNotFoundPage(strings: Strings): string {
  return messagePage(strings, strings.notFound);
}

/** The answer while the database is away. */
export function paymentAwayPage(strings: Strings): string {
  return messagePage(strings, strings.away);
}

function messagePage(strings: Strings, { heading, text }: { heading: string; text: string }): string {
  return htmlPage({
    title: strings.pageTitle(heading, brand.title),
    language: strings.language,
    children: (
      <>
        <header class="top">
          <span class="brand">{brand.title}</span>
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

import type { VNode } from 'preact';
import { brand } from '../../domain/brand.js';
import { consolePage, type ConsoleContext } from './console-frame.js';
import { htmlPage } from '../layout.js';
import { printableText } from '../printable-text.js';

export interface ConsoleProblemView {
  readonly context: ConsoleContext | null; // null: nobody is logged in
  readonly title: string;
  readonly detail: string;
  readonly requestId: string; // to find it in the log
}

/** What went wrong, with a way back. */
export function consoleProblemPage(view: ConsoleProblemView): string {
  const { context, title } = view;
  if (context) return consolePage({ context, section: null, title, children: <Problem view={view} /> });
  return htmlPage({
    title: `${title} · ${brand.title} console`,
    language: 'en',
    stylesheet: 'console.css',
    children: (
      <main class="login">
        <p class="brand">{brand.title}</p>
        <Problem view={view} />
      </main>
    ),
  });
}

function Problem({ view }: { view: ConsoleProblemView }): VNode {
  return (
    <div class="card pad stack">
      <h1>{view.title}</h1>
      <p>{printableText(view.detail)}</p>
      <p class="quiet code">request {view.requestId}</p>
      <p>
        <a class="button second" href="/console">
          To the console
        </a>
      </p>
    </div>
  );
}

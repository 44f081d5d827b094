import type { VNode } from 'preact';
import { consoleDoorPage, consolePage, type ConsoleContext } from './console-frame.js';
import { printableText } from '../printable-text.js';

export interface ConsoleProblemView {
  readonly brandName: string;
  readonly context: ConsoleContext | null; // null: nobody is logged in
  readonly title: string;
  readonly detail: string;
  readonly requestId: string; // to find it in the log
}

/** What went wrong, with a way back. */
export function consoleProblemPage(view: ConsoleProblemView): string {
  const { context, brandName, title } = view;
  const children = <Problem view={view} />;
  return context
    ? consolePage({ context, section: null, title, children })
    : consoleDoorPage({ brandName, title, children });
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

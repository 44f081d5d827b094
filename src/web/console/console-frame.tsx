import type { ComponentChildren, VNode } from 'preact';
import { operatorMay, type OperatorAction, type OperatorRole } from '../../domain/access/operator.js';
import type { OrderStatus } from '../../domain/order.js';
import { htmlPage } from '../layout.js';
import { printableLines, printableText } from '../printable-text.js';

/** What every console page knows besides its subject. */
export interface ConsoleContext {
  readonly brandName: string;
  readonly operator: { readonly name: string; readonly role: OperatorRole };
  readonly csrfToken: string;
  readonly openCases: number;
  readonly notice: { readonly tone: 'good' | 'stop'; readonly text: string } | null; // how the last action went
  readonly nowIso: string;
  readonly version: string; // of what runs
}

const sections = [
  ['/console', 'Overview'],
  ['/console/orders', 'Orders'],
  ['/console/cases', 'Cases'],
  ['/console/approvals', 'Approvals'],
  ['/console/webhooks', 'Webhooks'],
  ['/console/reconcile', 'Reconcile'],
  ['/console/accounts', 'Accounts'],
  ['/console/keys', 'Keys'],
  ['/console/operators', 'Operators'],
  ['/console/audit', 'Audit'],
] as const;
type ConsoleSection = (typeof sections)[number][1];

interface FrameProps {
  readonly context: ConsoleContext;
  readonly section: ConsoleSection | null; // null: none of them
  readonly title: string;
  readonly children: ComponentChildren;
}

export function consolePage({ context, section, title, children }: FrameProps): string {
  const { brandName, operator, notice, openCases, version } = context;
  return htmlPage({
    title: consoleTitle(title, brandName),
    language: 'en',
    stylesheet: 'console.css',
    children: (
      <>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <header class="bar">
          <a class="brand" href="/console">
            {brandName}
          </a>
          <nav aria-label="Console">
            {sections.map(([href, name]) => (
              <a href={href} aria-current={name === section ? 'page' : undefined}>
                {name}
                {name === 'Cases' && openCases > 0 && (
                  <span class="count">
                    {openCases}
                    <span class="visually-hidden"> open</span>
                  </span>
                )}
              </a>
            ))}
          </nav>
          <form method="post" action="/console/logout" class="who">
            <CsrfField context={context} />
            <a class="quiet" href="/console/you">
              {operator.name} · {roleNames[operator.role]}
            </a>
            <button class="second small">Log out</button>
          </form>
        </header>
        <main id="content" class="console" tabIndex={-1}>
          {notice && (
            <p class={`notice ${notice.tone}`} role="status">
              {printableText(notice.text)}
            </p>
          )}
          {children}
        </main>
        <footer class="console quiet">Version {version}</footer>
      </>
    ),
  });
}

interface DoorProps {
  readonly brandName: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A page for who is not logged in. */
export function consoleDoorPage({ brandName, title, children }: DoorProps): string {
  return htmlPage({
    title: consoleTitle(title, brandName),
    language: 'en',
    stylesheet: 'console.css',
    children: (
      <main class="login">
        <p class="brand">{brandName}</p>
        {children}
      </main>
    ),
  });
}

function consoleTitle(title: string, brandName: string): string {
  return `${title} · ${brandName} console`;
}

export const roleNames: Record<OperatorRole, string> = { support: 'support', admin: 'admin', read_only: 'read only' };

/** Whether the operator's role allows it: what is not allowed is not shown. */
export function may({ operator }: ConsoleContext, action: OperatorAction): boolean {
  return operatorMay(operator.role, action);
}

/** Who did something, as people say it: `mira` for `operator:mira`, a key by its id. */
export function personText(actor: string): string {
  return actor.replace(/^operator:/, '');
}

/** Goes into every form that changes something. */
/** What every form sends besides its own fields. `back`: the page that it stands on, where a refusal is told. */
export function CsrfField({ context, back }: { context: ConsoleContext; back?: string }): VNode {
  return (
    <>
      <input type="hidden" name="csrf" value={context.csrfToken} />
      {back !== undefined && <input type="hidden" name="back" value={back} />}
    </>
  );
}

export function StatusBadge({ status }: { status: OrderStatus }): VNode {
  return <span class={`badge s-${status}`}>{status}</span>;
}

/** Text that came from outside, alone in its direction and without hidden characters. */
export function Foreign({ text }: { text: string | null }): VNode {
  return text === null ? <span class="quiet">none</span> : <bdi>{printableText(text)}</bdi>;
}

/** Any value that is on record, as text. */
export function Said({ what }: { what: unknown }): VNode {
  if (what === null || what === undefined) return <span class="quiet">none</span>;
  return <bdi class="prose">{printableLines(typeof what === 'string' ? what : JSON.stringify(what))}</bdi>;
}

/** A wide table scrolls inside its box, with the keyboard too. */
export function Section({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <section class="section">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Empty({ children }: { children: string }): VNode {
  return <p class="empty">{children}</p>;
}

/** The link to the next page of a list, with the filters kept. */
export function NextPage({
  path,
  query,
}: {
  path: string;
  query: Readonly<Record<string, string | null>>;
}): VNode | null {
  if (!query['cursor']) return null;
  return (
    <p class="pager">
      <a class="button second" href={withQuery(path, query)} rel="next">
        Next page
      </a>
    </p>
  );
}

/** A path with those of the parameters that have a value. */
export function withQuery(path: string, query: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

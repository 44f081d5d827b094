import type { VNode } from 'preact';
import { consolePage, CsrfField, Foreign, Section, type ConsoleContext } from '../console-frame.js';
import { TableBox } from '../table-box.js';
import { Instant } from '../../instant.js';

export interface ConsoleYouView {
  readonly context: ConsoleContext;
  readonly sessions: readonly {
    readonly id: string;
    readonly createdAt: string;
    readonly lastSeenAt: string;
    readonly address: string;
    readonly agent: string;
  }[];
  readonly sessionId: string; // the one that looks at this
  readonly hasSecondFactor: boolean;
}

/** What belongs to who is logged in: his sessions, his password, his second factor. */
export function consoleYouPage({ context, sessions, sessionId, hasSecondFactor }: ConsoleYouView): string {
  return consolePage({
    context,
    section: null,
    title: 'You',
    children: (
      <>
        <h1>{context.operator.name}</h1>
        <Sessions context={context} sessions={sessions} sessionId={sessionId} />
        <Section title="Password">
          <form class="card pad stack form" method="post" action="/console/you/password">
            <CsrfField context={context} back="/console/you" />
            <label>
              New password
              <input
                type="password"
                name="password"
                autocomplete="new-password"
                required
                minLength={12}
                maxLength={256}
              />
            </label>
            <p class="quiet">Your other sessions end with the old one.</p>
            <button>Change password</button>
          </form>
        </Section>
        <Section title="Second factor">
          {hasSecondFactor ? (
            <>
              <p>A code of your telephone is asked for at each login.</p>
              <YouForm context={context} action="/console/you/second-factor/remove">
                <button class="second">Do without</button>
              </YouForm>
            </>
          ) : (
            <p>
              None yet. <a href="/console/you/second-factor">Set one up</a>
            </p>
          )}
        </Section>
      </>
    ),
  });
}

function Sessions({ context, sessions, sessionId }: Omit<ConsoleYouView, 'hasSecondFactor'>): VNode {
  return (
    <Section title="Sessions">
      <TableBox label="Sessions" columns={['Last seen', 'Since', 'From', 'Browser', 'End']}>
        {sessions.map((session) => (
          <tr>
            <td class="nowrap">
              <Instant iso={session.lastSeenAt} />
            </td>
            <td class="nowrap">
              <Instant iso={session.createdAt} />
            </td>
            <td class="nowrap">
              <Foreign text={session.address} />
            </td>
            <td>
              <Foreign text={session.agent} />
            </td>
            <td>
              {session.id === sessionId ? (
                <span class="badge">this one</span>
              ) : (
                <YouForm context={context} action={`/console/you/sessions/${session.id}/end`}>
                  <button class="small second">End</button>
                </YouForm>
              )}
            </td>
          </tr>
        ))}
      </TableBox>
    </Section>
  );
}

interface FormProps {
  readonly context: ConsoleContext;
  readonly action: string;
  readonly children: VNode | VNode[];
}

function YouForm({ context, action, children }: FormProps): VNode {
  return (
    <form method="post" action={action}>
      <CsrfField context={context} back="/console/you" />
      {children}
    </form>
  );
}

import type { VNode } from 'preact';
import type { Mode } from '../../../domain/ids.js';
import { Instant } from '../../instant.js';
import { printableText } from '../../printable-text.js';
import { consolePage, CsrfField, Empty, Foreign, may, NextPage, type ConsoleContext } from '../console-frame.js';
import { TableBox } from '../table-box.js';
import { backTo, NewKey, type KeysOf } from './new-key-form.js';
import { AccountCrumb, AccountLink } from './account-link.js';

export interface ConsoleKey {
  readonly id: string; // as operators see it, like the account
  readonly account: { readonly id: string; readonly name: string } | null; // null: an operator's key
  readonly mode: Mode;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly name: string;
  readonly operator: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
  readonly isOver: boolean; // revoked, or past its end
}

export interface ConsoleKeysView {
  readonly context: ConsoleContext;
  readonly account: KeysOf;
  readonly keys: readonly ConsoleKey[];
  readonly operators: readonly string[]; // whose a key of operators may be
  readonly made: { readonly key: string; readonly name: string; readonly waits: boolean } | null; // shown once
  readonly nextCursor: string | null;
}

export function consoleKeysPage(view: ConsoleKeysView): string {
  const { context, account, keys, made, nextCursor } = view;
  return consolePage({
    context,
    section: 'Keys',
    title: account ? `Keys of ${printableText(account.name)}` : 'Keys',
    children: (
      <>
        {account && <AccountCrumb {...account} />}
        <h1>Keys</h1>
        {made && <Made made={made} />}
        {keys.length === 0 ? <Empty>There is no key yet.</Empty> : <Keys {...view} />}
        <NextPage path="/console/keys" query={{ account_id: account?.id ?? null, cursor: nextCursor }} />
        {may(context, 'api_key:change') && <NewKey {...view} />}
      </>
    ),
  });
}

function Made({ made }: { made: NonNullable<ConsoleKeysView['made']> }): VNode {
  return (
    <p class="notice good" role="status">
      The key <bdi>{printableText(made.name)}</bdi>, shown once: <span class="code prose">{made.key}</span>
      {made.waits && ' It opens nothing before another person has approved it.'}
    </p>
  );
}

function Keys({ context, account, keys }: ConsoleKeysView): VNode {
  return (
    <TableBox
      label="Keys"
      columns={['Key', 'Whose', 'Scopes', 'Last used', 'Ends', 'Since', may(context, 'api_key:change') && 'Revoke']}
    >
      {keys.map((key) => (
        <tr>
          <td>
            <Foreign text={key.name} />
            <br />
            <span class="code quiet">{key.prefix}…</span>
            {key.mode === 'test' && <span class="badge">test</span>}
          </td>
          <td>
            <Whose of={key} />
          </td>
          <td>{key.scopes.join(', ')}</td>
          <td class="nowrap">{key.lastUsedAt ? <Instant iso={key.lastUsedAt} /> : <span class="quiet">never</span>}</td>
          <td class="nowrap">
            <End of={key} />
          </td>
          <td class="nowrap">
            <Instant iso={key.createdAt} />
          </td>
          {may(context, 'api_key:change') && (
            <td>{!key.isOver && <Revoke context={context} of={key} back={backTo(account)} />}</td>
          )}
        </tr>
      ))}
    </TableBox>
  );
}

function Whose({ of: { account, operator } }: { of: ConsoleKey }): VNode {
  if (account !== null) return <AccountLink {...account} />;
  return operator === null ? <span class="badge alert">nobody’s</span> : <>{operator}</>;
}

function End({ of: { expiresAt, revokedAt } }: { of: ConsoleKey }): VNode {
  if (revokedAt !== null) {
    return (
      <>
        <span class="badge">revoked</span> <Instant iso={revokedAt} />
      </>
    );
  }
  return expiresAt ? <Instant iso={expiresAt} /> : <span class="quiet">when revoked</span>;
}

function Revoke({ context, of: { id, name }, back }: { context: ConsoleContext; of: ConsoleKey; back: string }): VNode {
  return (
    <form method="post" action={`/console/keys/${id}/revoke`}>
      <CsrfField context={context} back={back} />
      <button class="small second" aria-label={`Revoke ${printableText(name)}`}>
        Revoke
      </button>
    </form>
  );
}

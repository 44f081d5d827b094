import type { VNode } from 'preact';
import { Instant } from '../../instant.js';
import {
  consolePage,
  CsrfField,
  Empty,
  Foreign,
  may,
  NextPage,
  Section,
  type ConsoleContext,
} from '../console-frame.js';
import { TableBox } from '../table-box.js';
import { MintsWith, ProviderField, ReasonField, type PairSources } from './account-parts.js';

export interface ConsoleAccountLine {
  readonly id: string; // as operators see it
  readonly name: string;
  readonly provider: PairSources;
  readonly createdAt: string;
}

export interface ConsoleAccountsView {
  readonly context: ConsoleContext;
  readonly accounts: readonly ConsoleAccountLine[];
  readonly nextCursor: string | null;
}

export function consoleAccountsPage({ context, accounts, nextCursor }: ConsoleAccountsView): string {
  return consolePage({
    context,
    section: 'Accounts',
    title: 'Accounts',
    children: (
      <>
        <h1>Accounts</h1>
        {accounts.length === 0 ? <Empty>There is no merchant yet.</Empty> : <Accounts accounts={accounts} />}
        <NextPage path="/console/accounts" query={{ cursor: nextCursor }} />
        {may(context, 'account:change') && <NewAccount context={context} />}
      </>
    ),
  });
}

function Accounts({ accounts }: { accounts: readonly ConsoleAccountLine[] }): VNode {
  return (
    <TableBox label="Accounts" columns={['Name', 'Live orders mint with', 'Test orders mint with', 'Since', 'Account']}>
      {accounts.map(({ id, name, provider, createdAt }) => (
        <tr>
          <td class="change">
            <a href={`/console/accounts/${id}`}>
              <Foreign text={name} />
            </a>
          </td>
          <td>
            <MintsWith source={provider.live} />
          </td>
          <td>
            <MintsWith source={provider.test} />
          </td>
          <td class="nowrap">
            <Instant iso={createdAt} />
          </td>
          <td class="code quiet">{id}</td>
        </tr>
      ))}
    </TableBox>
  );
}

function NewAccount({ context }: { context: ConsoleContext }): VNode {
  return (
    <Section title="A new account">
      <form method="post" action="/console/accounts" class="card pad stack form">
        <CsrfField context={context} back="/console/accounts" />
        <label>
          Name
          <input name="name" required maxLength={200} autocomplete="off" />
        </label>
        <ProviderField chosen={null} />
        <ReasonField />
        <button>Make the account</button>
      </form>
    </Section>
  );
}

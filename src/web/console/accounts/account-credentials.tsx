import type { VNode } from 'preact';
import type { Mode } from '../../../domain/ids.js';
import { CsrfField, may, Section, type ConsoleContext } from '../console-frame.js';
import { ModeField, ReasonField } from './account-parts.js';

/** A pair in force, by the label of its key; its secrets are never shown. */
export interface AccountPair {
  readonly mode: Mode;
  readonly keyLabel: string;
}

interface CredentialsProps {
  readonly context: ConsoleContext;
  readonly account: { readonly id: string };
  readonly pairs: readonly AccountPair[];
}

/** With whose key an account's orders mint at the provider, and so whose wallet gets its coins. */
export function Credentials({ context, account, pairs }: CredentialsProps): VNode {
  return (
    <Section title="Credentials at the provider">
      {pairs.length === 0 && <p class="quiet">The account has no pair of its own.</p>}
      <dl class="facts">
        {pairs.map(({ mode, keyLabel }) => (
          <>
            <dt>{mode} key</dt>
            <dd class="code">{keyLabel}</dd>
          </>
        ))}
      </dl>
      {may(context, 'credentials:change') && <PairForm context={context} id={account.id} />}
    </Section>
  );
}

function PairForm({ context, id }: { context: ConsoleContext; id: string }): VNode {
  return (
    <form method="post" action={`/console/accounts/${id}/credentials`} class="card pad stack form">
      <CsrfField context={context} back={`/console/accounts/${id}`} />
      <p class="quiet">
        From then on its coins go to the wallet behind this key. Another pair than the one that mints its live orders
        now waits for a second person. The one before it goes on being heard for what it minted.
      </p>
      <ModeField />
      <Secret name="api_key" label="API key" isRequired />
      <Secret name="ipn_secret" label="IPN secret" isRequired />
      <label>
        E-mail of the login at the provider, for its list of payments; may be left out
        <input type="email" name="email" maxLength={320} autocomplete="off" />
      </label>
      <Secret name="password" label="Password of that login" />
      <label>
        Coin that it pays out in; may be left out
        <input name="payout_coin" maxLength={32} autocomplete="off" />
      </label>
      <ReasonField />
      <button>Replace the pair</button>
    </form>
  );
}

function Secret({ name, label, isRequired = false }: { name: string; label: string; isRequired?: boolean }): VNode {
  return (
    <label>
      {label}
      <input type="password" name={name} required={isRequired} maxLength={500} autocomplete="new-password" />
    </label>
  );
}

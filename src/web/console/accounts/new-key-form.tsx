import type { VNode } from 'preact';
import { allRights, isOfOperators, knownScopes, operatorRights } from '../../../domain/access/scopes.js';
import { CsrfField, Section, withQuery, type ConsoleContext } from '../console-frame.js';
import { ModeField, ReasonField } from './account-parts.js';

/** Of whom the keys on a page are: an account, or everybody. */
export type KeysOf = { readonly id: string; readonly name: string } | null;

interface NewKeyProps {
  readonly context: ConsoleContext;
  readonly account: KeysOf;
  readonly operators: readonly string[];
}

/** For a key of the account; without one, of operators. */
export function NewKey({ context, account, operators }: NewKeyProps): VNode {
  const offered = account ? knownScopes.filter((scope) => !isOfOperators(scope)) : [...operatorRights, allRights];
  return (
    <Section title={account ? 'A new key of this account' : 'A new key of operators'}>
      <form method="post" action="/console/keys" class="card pad stack form">
        <CsrfField context={context} back={backTo(account)} />
        <input type="hidden" name="account_id" value={account?.id ?? ''} />
        <label>
          Name
          <input name="name" required maxLength={200} autocomplete="off" />
        </label>
        <ModeField />
        {!account && (
          <label>
            Whose
            <select name="operator">
              {operators.map((one) => (
                <option value={one} selected={one === context.operator.name}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        )}
        <fieldset>
          <legend>Scopes</legend>
          {offered.map((scope) => (
            <label class="tick">
              <input type="checkbox" name="scopes" value={scope} />
              {scope}
            </label>
          ))}
        </fieldset>
        <label>
          Ends at the beginning of (UTC); empty: when it is revoked
          <input type="date" name="ends" />
        </label>
        <ReasonField />
        <button>Make the key</button>
      </form>
    </Section>
  );
}

export function backTo(account: KeysOf): string {
  return withQuery('/console/keys', { account_id: account?.id ?? null });
}

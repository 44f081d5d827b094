import type { AccountSettings } from '../../domain/account.js';
import { credentialColumns, type SealedPair } from './provider-credentials.js';

/** What says by whose pair an order is minted or read, as its record brings it along: secrets are still sealed. */
export interface PairOnRecord {
  readonly own: SealedPair | null; // the account's own: the one that made the payment or, before there is one, that mints now
  readonly choice: AccountSettings['provider'] | null; // where the account's money goes; null: it never said
}

/** Of the order that a statement calls so, as one value of its row. */
export function pairWithin(order: string): string {
  return `jsonb_build_object('own', (select to_jsonb(each) from (
      select ${credentialColumns} from provider_credentials where account_id = ${order}.account_id and mode = ${order}.mode
        and (${order}.provider_key_label is null and retired_at is null or key_label = ${order}.provider_key_label)
    ) each), 'choice', (select settings->>'provider' from accounts where id = ${order}.account_id))`;
}

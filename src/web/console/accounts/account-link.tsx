import type { VNode } from 'preact';
import { Foreign } from '../console-frame.js';

/** An account by the name that people know it by. */
export function AccountLink({ id, name }: { id: string; name: string }): VNode {
  return (
    <a href={`/console/accounts/${id}`} title={id}>
      <Foreign text={name} />
    </a>
  );
}

/** The way back from a page about a part of an account. */
export function AccountCrumb(account: { id: string; name: string }): VNode {
  return (
    <p class="crumb">
      <AccountLink {...account} />
    </p>
  );
}

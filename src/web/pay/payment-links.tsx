import type { VNode } from 'preact';
import { PayerInstant } from '../instant.js';
import type { PaymentPageView } from './payment-state.js';
import type { Strings } from './strings/en.js';

/** What is left to do once it is paid. */
export function PaidLinks({ view, strings }: { view: PaymentPageView; strings: Strings }): VNode {
  return (
    <>
      {view.paidAt && <p class="quiet">{strings.paidAt(<PayerInstant iso={view.paidAt} />)}</p>}
      <p class="actions">
        {view.successUrl && (
          <a class="button" href={view.successUrl} rel="noreferrer">
            {strings.backToShop}
          </a>
        )}
        <a class={view.successUrl ? 'button second' : 'button'} href={`/pay/${view.token}/receipt.pdf`} download>
          {strings.receipt}
        </a>
      </p>
    </>
  );
}

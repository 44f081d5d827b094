import type { VNode } from 'preact';
import { PayerInstant } from '../instant.js';
import type { PaymentPageView, PaymentState } from './payment-state.js';
import type { Strings } from './strings/en.js';

/** What is left to do once it is paid. */
export function PaidLinks({ view, strings }: { view: PaymentPageView; strings: Strings }): VNode {
  const onwards = wayBack(view, 'paid');
  return (
    <>
      {view.paidAt && <p class="quiet">{strings.paidAt(<PayerInstant iso={view.paidAt} />)}</p>}
      <p class="actions">
        {onwards && (
          <a class="button" href={onwards} rel="noreferrer">
            {strings.backToShop}
          </a>
        )}
        <a class={onwards ? 'button second' : 'button'} href={`/pay/${view.token}/receipt.pdf`} download>
          {strings.receipt}
        </a>
      </p>
    </>
  );
}

interface WaysProps {
  readonly view: PaymentPageView;
  readonly state: PaymentState;
  readonly strings: Strings;
}

/** What a payer may do instead of what the page asks for. */
export function OtherWays({ view, state, strings }: WaysProps): VNode | null {
  const back = wayBack(view, state);
  const mayChoose = state === 'pay' && view.mayChooseAnother;
  if (back === null && !mayChoose) return null;
  return (
    <p class="ways">
      {mayChoose && <a href={`/pay/${view.token}?lang=${strings.language}&choose=1`}>{strings.choice.another}</a>}
      {back !== null && (
        <a href={back} rel="noreferrer">
          {strings.leave}
        </a>
      )}
    </p>
  );
}

/** Where a payer may go to from each state; null: the merchant said nothing that fits. */
export function wayBack({ successUrl, returnUrl, cancelUrl }: PaymentPageView, state: PaymentState): string | null {
  switch (state) {
    case 'paid':
      return successUrl ?? returnUrl;
    case 'choose':
    case 'pay':
    case 'minting':
    case 'time_up':
    case 'unavailable':
    case 'expired':
    case 'failed':
    case 'cancelled':
      return cancelUrl ?? returnUrl;
    case 'confirming':
    case 'top_up':
    case 'wrong_asset':
    case 'looked_at':
    case 'late':
    case 'incomplete':
    case 'declined':
      return returnUrl; // coins came: nothing was given up
  }
}

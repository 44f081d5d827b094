import type { VNode } from 'preact';
import { htmlFragment, htmlPage } from '../layout.js';
import { CoinChoice } from './coin-choice.js';
import { LanguageMenu } from './language-menu.js';
import { Brand, Contact, SellerFooter } from './page-seller.js';
import { PaymentInstructions } from './payment-instructions.js';
import { OtherWays, PaidLinks } from './payment-links.js';
import { paymentState, refreshSeconds, type PaymentPageView, type PaymentState } from './payment-state.js';
import { Summary } from './payment-summary.js';
import type { Strings } from './strings/en.js';

/** The hosted payment page. Its script swaps in `paymentStatus` whenever the order changes. */
export function paymentPage(view: PaymentPageView, strings: Strings): string {
  const state = paymentState(view);
  const path = `/pay/${view.token}`;
  const asked = state === 'choose' && view.pay ? '&choose=1' : ''; // for another coin than the one that stands
  const seconds = refreshSeconds(state);
  return htmlPage({
    title: strings.pageTitle(strings.states[state].heading, view.seller.name),
    language: strings.language,
    direction: strings.direction,
    accent: view.seller.accentColour,
    refreshSeconds: seconds,
    children: (
      <>
        <header class="top">
          <Brand {...view.seller} />
          <LanguageMenu strings={strings} />
        </header>
        <main class="payment">
          <p id="announcement" class="visually-hidden" role="status" />
          <p id="offline" class="notice warn" role="status" hidden>
            {strings.connectionLost}
          </p>
          <div
            id="live"
            data-fragment={`${path}/status?lang=${strings.language}${asked}`}
            data-events={`${path}/events`}
          >
            <Status view={view} strings={strings} />
          </div>
          <SellerFooter seller={view.seller} orderId={view.orderId} strings={strings} />
          {seconds && (
            <noscript>
              <p class="quiet centred">{strings.withoutScript}</p>
            </noscript>
          )}
        </main>
      </>
    ),
  });
}

/** What the page swaps in: `GET /pay/:token/status`. */
export function paymentStatus(view: PaymentPageView, strings: Strings): string {
  return htmlFragment(<Status view={view} strings={strings} />);
}

function Status({ view, strings }: { view: PaymentPageView; strings: Strings }): VNode {
  const state = paymentState(view);
  const { heading, text } = strings.states[state];
  return (
    <article
      class="card"
      data-version={`${view.version}.${state}.${view.pay?.arrived ?? ''}`}
      data-mark={view.mark}
      data-announce={`${heading}. ${text}`}
      data-title={strings.pageTitle(heading, view.seller.name)}
      data-now={view.nowIso}
      data-final={state === 'paid'}
    >
      <Summary view={view} strings={strings} />
      <div class={`message tone-${tones[state]}`}>
        {stepOf[state] !== null && <Steps current={stepOf[state]} strings={strings} />}
        <h1>{heading}</h1>
        <p>{text}</p>
        {state === 'paid' && view.surplus !== null && <p class="notice warn">{strings.surplus[view.surplus]}</p>}
        {(sendsToSeller.includes(state) || view.surplus !== null) && view.seller.supportAddress !== null && (
          <p>
            {strings.writeTo} <Contact address={view.seller.supportAddress} orderId={view.orderId} />
          </p>
        )}
        {state === 'choose' && view.choice?.isRefused && <p class="notice warn">{strings.choice.refused}</p>}
        {state === 'paid' && <PaidLinks view={view} strings={strings} />}
      </div>
      {state === 'choose' && view.choice && (
        <CoinChoice token={view.token} version={view.version} {...view.choice} strings={strings} />
      )}
      {(state === 'pay' || state === 'top_up') && view.pay && (
        <PaymentInstructions
          pay={view.pay}
          expiresAt={view.expiresAt}
          nowIso={view.nowIso}
          isTopUp={state === 'top_up'}
          strings={strings}
        />
      )}
      {state !== 'paid' && <OtherWays view={view} state={state} strings={strings} />}
    </article>
  );
}

// Where the text says that the seller can help: the way to him stands beside it.
const sendsToSeller: readonly PaymentState[] = [
  'unavailable',
  'wrong_asset',
  'looked_at',
  'failed',
  'late',
  'incomplete',
  'declined',
];

type Tone = 'wait' | 'busy' | 'good' | 'warn' | 'stop';

const tones: Record<PaymentState, Tone> = {
  choose: 'wait',
  pay: 'wait',
  time_up: 'busy',
  minting: 'busy',
  unavailable: 'stop',
  confirming: 'busy',
  top_up: 'warn',
  wrong_asset: 'warn',
  looked_at: 'warn',
  paid: 'good',
  expired: 'stop',
  failed: 'stop',
  cancelled: 'stop',
  late: 'warn',
  incomplete: 'warn',
  declined: 'warn',
};

// Which of the three steps is under way; null where the way led elsewhere.
const stepOf: Record<PaymentState, 0 | 1 | 2 | null> = {
  choose: 0,
  pay: 0,
  time_up: 0,
  minting: 0,
  unavailable: null,
  confirming: 1,
  top_up: 0,
  wrong_asset: null,
  looked_at: null,
  paid: 2,
  expired: null,
  failed: null,
  cancelled: null,
  late: null,
  incomplete: null,
  declined: null,
};

function Steps({ current, strings }: { current: number; strings: Strings }): VNode {
  const { label, send, confirm, done } = strings.steps;
  return (
    <ol class="steps" aria-label={label}>
      {[send, confirm, done].map((step, index) => (
        <li
          class={index < current || current === 2 ? 'past' : undefined}
          aria-current={index === current ? 'step' : undefined}
        >
          {step}
        </li>
      ))}
    </ol>
  );
}

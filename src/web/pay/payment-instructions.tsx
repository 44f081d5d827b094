import type { VNode } from 'preact';
import { coinTicker, networkName } from '../coins.js';
import { clockText, PayerInstant } from '../instant.js';
import { codeOfDestination, paymentUri } from './payment-qr.js';
import { Qr } from './qr.js';
import type { PayTarget } from './payment-state.js';
import type { Strings } from './strings/en.js';

interface InstructionsProps {
  readonly pay: PayTarget;
  readonly expiresAt: string | null;
  readonly nowIso: string;
  readonly isTopUp: boolean;
  readonly strings: Strings;
}

/** What to send, over which network, and where to. */
export function PaymentInstructions({ pay, expiresAt, nowIso, isTopUp, strings }: InstructionsProps): VNode {
  const ticker = coinTicker(pay.currency);
  const network = networkName(pay.network, pay.currency);
  return (
    <div class="instructions">
      {expiresAt && !isTopUp && <Countdown expiresAt={expiresAt} nowIso={nowIso} strings={strings} />}
      {expiresAt && isTopUp && (
        <p class="countdown">
          <span class="quiet">{strings.topUpUntil(<PayerInstant iso={expiresAt} />)}</span>
        </p>
      )}
      <Field
        id="pay-amount"
        label={isTopUp ? strings.amountMissing : strings.amount}
        copy={strings.copy.amount}
        strings={strings}
        text={pay.amountText}
        unit={ticker}
      >
        {isTopUp ? strings.arrived(pay.arrived, `${pay.owed} ${ticker}`) : strings.exactAmount}
      </Field>
      <div class="field network">
        <p class="label">{strings.network}</p>
        <p class="value">
          <bdi>{network}</bdi>
        </p>
        <p class="hint">{strings.networkWarning(ticker, network)}</p>
      </div>
      <div class="destination">
        <Destination pay={pay} strings={strings} />
        <Field
          id="pay-address"
          label={strings.address}
          copy={strings.copy.address}
          strings={strings}
          text={pay.address}
        />
      </div>
      {pay.extraId !== null && (
        <Field
          id="pay-extra-id"
          label={strings.extraId}
          copy={strings.copy.extraId}
          strings={strings}
          text={pay.extraId}
          kind="required"
        >
          {strings.extraIdWarning}
        </Field>
      )}
      <WalletLink uri={paymentUri({ ...pay, amount: pay.amountText })} strings={strings} />
    </div>
  );
}

/** A wallet that scans an address alone sends without the memo, and the coins are nobody's. */
function Destination({ pay, strings }: { pay: PayTarget; strings: Strings }): VNode {
  const code = codeOfDestination(pay);
  if (code === null) return <p class="hint">{strings.noQr}</p>;
  if (pay.extraId === null) return <Qr text={code} label={strings.qrAddress} />;
  return (
    <div class="tagged">
      <Qr text={code} label={strings.qrTagged} />
      <p class="hint">{strings.taggedHint}</p>
    </div>
  );
}

function Countdown({ expiresAt, nowIso, strings }: { expiresAt: string; nowIso: string; strings: Strings }): VNode {
  return (
    <p class="countdown">
      <span class="label">{strings.timeLeft}</span>
      <span class="clock" role="timer" data-countdown={expiresAt}>
        {clockText(Date.parse(expiresAt) - Date.parse(nowIso))}
      </span>
      <span class="quiet">{strings.payUntil(<PayerInstant iso={expiresAt} />)}</span>
    </p>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly unit?: string;
  readonly copy: string;
  readonly strings: Strings;
  readonly kind?: 'required';
  readonly children?: string;
}

function Field({ id, label, text, unit, copy, strings, kind, children }: FieldProps): VNode {
  return (
    <div class={kind ? `field ${kind}` : 'field'}>
      <p class="label">{label}</p>
      <p class="value">
        <bdi dir="ltr">
          <span class="code" id={id}>
            {text}
          </span>
          {unit && ` ${unit}`}
        </bdi>
      </p>
      <button type="button" class="copy" id={`${id}-copy`} data-copy={id} data-done={strings.copy.done} hidden>
        {copy}
      </button>
      {children && <p class="hint">{children}</p>}
    </div>
  );
}

function WalletLink({ uri, strings }: { uri: string | null; strings: Strings }): VNode | null {
  if (uri === null) return null;
  return (
    <details class="wallet" id="wallet">
      <summary>{strings.qrUriSummary}</summary>
      <Qr text={uri} label={strings.qrUri} />
      <p>
        <a class="button second" href={uri}>
          {strings.openWallet}
        </a>
      </p>
    </details>
  );
}

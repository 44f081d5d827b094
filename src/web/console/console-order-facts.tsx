import type { ComponentChildren, VNode } from 'preact';
import { publicId } from '../../domain/ids.js';
import type { StubReason } from '../../domain/stub.js';
import { explorerUrl, coinTicker, networkName } from '../coins.js';
import { CsrfField, Foreign, may, Section, type ConsoleContext } from './console-frame.js';
import type { ConsoleAccount, ConsoleOrder, ConsoleOrderView } from './console-order-view.js';
import { Instant } from '../instant.js';
import { printableLines, printableText } from '../printable-text.js';

function Fact({ name, children }: { name: string; children: ComponentChildren }): VNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

const stubWords: Readonly<Record<StubReason, string>> = {
  no_provider: 'nobody mints for the account',
  below_minimum: 'less than can be paid',
  above_maximum: 'more than can be paid in this coin',
  coin_unavailable: 'the coin cannot be paid in now',
  rejected: 'the provider does not take it as it is; its case has the answer',
  mint_failed: 'the provider gave no usable payment; its case has the answer',
};

function WhyNoAddress({ order: { stubReason, stubMinimum, stubMinimumCurrency } }: { order: ConsoleOrder }) {
  if (stubReason === null) return null;
  return (
    <Fact name="No address">
      {stubWords[stubReason]}
      {stubMinimum && `; the least is ${stubMinimum} ${stubMinimumCurrency?.toUpperCase()}`}
    </Fact>
  );
}

const minters: Readonly<Record<ConsoleAccount['mintsWith'], string>> = {
  own: 'its own pair: coins go to its own wallet',
  installation: 'the installation’s pair: coins go to the installation’s wallet',
  stub: 'nobody’s pair: its orders get no address',
};

/** What is on record for the order, and where else to look. */
export function Facts({ view }: { view: ConsoleOrderView }): VNode {
  const { order, account } = view;
  return (
    <Section title="Order">
      <dl class="facts card pad">
        <Fact name="Created">
          <Instant iso={order.createdAt} seconds />
        </Fact>
        <Fact name="Updated">
          <Instant iso={order.updatedAt} seconds />
        </Fact>
        {order.status === 'pending' && (
          <Fact name="Pay before">
            <Instant iso={order.expiresAt} seconds />
          </Fact>
        )}
        {order.status === 'partial' && order.partialUntil && (
          <Fact name="Top up before">
            <Instant iso={order.partialUntil} />
          </Fact>
        )}
        {order.paidAt && (
          <Fact name="Paid">
            <Instant iso={order.paidAt} seconds />
          </Fact>
        )}
        <Fact name="Account">
          <Foreign text={account.name} /> <span class="code">{publicId('account', order.accountId)}</span>
        </Fact>
        <Fact name="Mints now with">{minters[account.mintsWith]}</Fact>
        <WhyNoAddress order={order} />
        <Fact name="Payment">
          <span class="code">
            <Foreign text={order.paymentId} />
          </span>
        </Fact>
        {order.payAddress && order.payCurrency && (
          <Destination view={view} address={order.payAddress} currency={order.payCurrency} />
        )}
        <Said order={order} />
        <Fact name="Version">{order.version}</Fact>
      </dl>
      <p class="actions">
        {view.receiptSha256 && (
          <a class="button second small" href={`/console/orders/${order.id}/receipt.pdf`}>
            Receipt (PDF)
          </a>
        )}
        <a class="button second small" href={view.paymentUrl} rel="noreferrer">
          Payer’s page
        </a>
        {view.temporalUrl && (
          <a class="button second small" href={view.temporalUrl} rel="noreferrer">
            Workflow in Temporal
          </a>
        )}
      </p>
      {view.receiptSha256 && <p class="quiet code">receipt sha256 {view.receiptSha256}</p>}
    </Section>
  );
}

/** What the merchant said with the checkout. */
function Said({ order: { description, customerReference, metadata } }: { order: ConsoleOrder }): VNode {
  const metadataFacts = Object.entries(metadata).map(
    ([key, text]) => [`metadata.${printableText(key)}`, text] as const,
  );
  const facts = [['Reference', customerReference], ['Description', description], ...metadataFacts] as const;
  return (
    <>
      {facts.map(([name, text]) => (
        <Fact name={name}>
          <Foreign text={text} />
        </Fact>
      ))}
    </>
  );
}

function Destination({
  view,
  address,
  currency,
}: {
  view: ConsoleOrderView;
  address: string;
  currency: string;
}): VNode {
  const { order, isAddressIntact } = view;
  const explorer = explorerUrl(order.network, address);
  return (
    <>
      <Fact name="Owed">
        {order.payAmountText} {coinTicker(currency)}
      </Fact>
      <Fact name="Network">{networkName(order.network, currency)}</Fact>
      <Fact name="Address">
        <span class="code">{address}</span>
        {!isAddressIntact && <strong class="overdue"> Changed since it was bound: withheld from the payer.</strong>}
        {explorer && (
          <>
            {' '}
            <a href={explorer} rel="noreferrer">
              Block explorer
            </a>
          </>
        )}
      </Fact>
      {order.payExtraId && (
        <Fact name="Memo / tag">
          <span class="code">{order.payExtraId}</span>
        </Fact>
      )}
    </>
  );
}

/** The merchant's note to read, ours to write. */
export function Notes({ order, context }: { order: ConsoleOrder; context: ConsoleContext }): VNode {
  return (
    <Section title="Notes">
      <div class="card pad stack">
        <div>
          <p class="label">From the customer’s side</p>
          <p class="prose">
            {order.customerNote === null ? (
              <span class="quiet">none</span>
            ) : (
              <bdi>{printableLines(order.customerNote)}</bdi>
            )}
          </p>
        </div>
        {may(context, 'order:note') ? (
          <form method="post" action={`/console/orders/${order.id}/internal-note`} class="stack">
            <CsrfField context={context} />
            <label>
              Internal note (never shown to merchant or payer)
              <textarea name="internal_note" rows={3} maxLength={2000}>
                {order.internalNote ?? ''}
              </textarea>
            </label>
            <p>
              <button class="small second">Save note</button>
            </p>
          </form>
        ) : (
          <p class="prose">
            <Foreign text={order.internalNote} />
          </p>
        )}
      </div>
    </Section>
  );
}

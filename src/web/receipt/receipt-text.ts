import { priceText } from '../../domain/currency.js';
import type { Acceptance, Receipt } from '../../domain/receipt.js';
import { printableText } from '../printable-text.js';

/** The receipt as plain text: a title, a blank line, `Label: value` lines, a final newline. */
export function receiptText(receipt: Receipt, brandName: string): string {
  const lines = [
    ['Order', receipt.order_id],
    ['Issued', receipt.issued_at],
    ['Status', receipt.status],
    ['Product', receipt.product],
    ...amountLines(receipt),
    ['Paid at', receipt.paid_at],
    ...(receipt.payment_id === null ? [] : [['Payment id', receipt.payment_id]]),
    ['Created', receipt.created_at],
  ];
  return [
    `${brandName} receipt`,
    '',
    ...lines.map((line) => line.map((part) => printableText(part)).join(': ')),
    '',
  ].join('\n');
}

/** What was paid; where somebody took less for the whole, what came and who took it. */
function amountLines(receipt: Receipt): string[][] {
  if (receipt.accepted === undefined) return [['Amount', amountText(receipt)]];
  return [
    ['Price', amountText(receipt)],
    ['Received', receivedText(receipt.accepted)],
    ['Accepted as payment by', receipt.accepted.by],
  ];
}

export function receivedText({ received, owed }: Acceptance): string {
  const coins =
    received.map(({ amount, currency }) => `${amount} ${currency.toUpperCase()}`).join(' and ') || 'nothing';
  return owed === undefined ? coins : `${coins} of ${owed.amount} ${owed.currency.toUpperCase()}`;
}

export function amountText(receipt: Receipt): string {
  return `${priceText({ cents: receipt.price_cents, currency: receipt.price_currency })} ${receipt.price_currency}`;
}

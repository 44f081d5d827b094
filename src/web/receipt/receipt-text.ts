import { priceText } from '../../domain/currency.js';
import type { Receipt } from '../../domain/receipt.js';
import { printableText } from '../printable-text.js';

/** The receipt as plain text: a title, a blank line, `Label: value` lines, a final newline. */
export function receiptText(receipt: Receipt, brandName: string): string {
  const lines = [
    ['Order', receipt.order_id],
    ['Issued', receipt.issued_at],
    ['Status', receipt.status],
    ['Product', receipt.product],
    ['Amount', amountText(receipt)],
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

export function amountText(receipt: Receipt): string {
  return `${priceText({ cents: receipt.price_cents, currency: receipt.price_currency })} ${receipt.price_currency}`;
}

import { priceText } from '../../domain/currency.js';
import type { Acceptance, Receipt } from '../../domain/receipt.js';
import type { PayingDeposit } from '../../domain/told/receipt-money.js';
import { printableLines, printableText } from '../printable-text.js';

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
    ...sellerLines(receipt),
    ...(receipt.customer_reference === undefined ? [] : [['Reference', receipt.customer_reference]]),
    ...(receipt.description === undefined ? [] : [['Description', receipt.description]]),
    ...moneyLines(receipt),
    ...(receipt.deposits ?? []).map((deposit) => ['Deposit', depositText(deposit)]),
  ];
  const footer = receipt.seller?.footer;
  return [
    `${printableText(titleOf(receipt, brandName))} receipt`,
    '',
    ...lines.map((line) => line.map((part) => printableText(part)).join(': ')),
    ...(footer === undefined ? [] : ['', printableLines(footer)]),
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

/** Whose receipt it is: the seller's where he has a name, else of whoever runs the installation. */
export function titleOf({ seller }: Receipt, brandName: string): string {
  return seller?.name ?? brandName;
}

function sellerLines({ seller }: Receipt): string[][] {
  if (seller === undefined) return [];
  const { name, postal_address, tax_id } = seller;
  return [
    ['Seller', name],
    ...(postal_address === undefined ? [] : [['Address', oneLine(postal_address)]]),
    ...(tax_id === undefined ? [] : [['Tax id', tax_id]]),
  ];
}

function oneLine(text: string): string {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(', ');
}

/** What was asked for in coins and what came of it, with the rate; what was waived or is too much by its name. */
export function moneyLines({ paid_with, price_currency }: Receipt): string[][] {
  if (paid_with === undefined) return [];
  const { owed, received, waived, excess, rate } = paid_with;
  const coins = (amount: string) => `${amount} ${coinName(paid_with)}`;
  return [
    ['Owed', coins(owed)],
    ['Arrived', coins(received)],
    ...(waived === undefined ? [] : [['Waived', coins(waived)]]),
    ...(excess === undefined ? [] : [['Beyond the price', coins(excess)]]),
    ['Rate', `1 ${price_currency} = ${coins(rate)}`],
  ];
}

/** Coin and network: the same coin on another network is another coin. */
function coinName({ currency, network }: { readonly currency: string; readonly network?: string }): string {
  return network === undefined ? currency.toUpperCase() : `${currency.toUpperCase()} (network ${network})`;
}

export function depositText(deposit: PayingDeposit): string {
  const { amount, payment_id, transaction_hash, at } = deposit;
  const transaction = transaction_hash === undefined ? '' : `, transaction ${transaction_hash}`;
  return `${amount} ${coinName(deposit)}, seen ${at}, payment ${payment_id}${transaction}`;
}

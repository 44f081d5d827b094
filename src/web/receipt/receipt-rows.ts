import type { Receipt } from '../../domain/receipt.js';
import { printableLines, printableText } from '../printable-text.js';
import { depositText, moneyLines, receivedText } from './receipt-text.js';

/** A label and what stands beside it. */
interface Row {
  readonly name: string;
  readonly lines: readonly string[];
}

const mostLines = 6;
const mostDeposits = 20; // the JSON has them all

/** What a drawn receipt says below the amount. `broken`: one line of text as lines that fit. */
export function receiptRows(receipt: Receipt, broken: (text: string) => string[]): Row[] {
  const row = (name: string, text: string): Row => ({ name, lines: fewLines(broken(printableText(text))) });
  const { seller, accepted, deposits = [] } = receipt;
  const postal = seller?.postal_address;
  return [
    ...(seller === undefined ? [] : [row('Seller', seller.name)]),
    ...(postal === undefined ? [] : [{ name: 'Address', lines: fewLines(printableLines(postal).split('\n')) }]),
    ...(seller?.tax_id === undefined ? [] : [row('Tax id', seller.tax_id)]),
    row('Product', receipt.product),
    ...(receipt.description === undefined ? [] : [row('Description', receipt.description)]),
    ...(receipt.customer_reference === undefined ? [] : [row('Reference', receipt.customer_reference)]),
    row('Status', accepted ? `Accepted as paid by ${accepted.by}` : 'Paid in full'),
    ...(accepted ? [row('Received', receivedText(accepted))] : []),
    row('Order placed', instantText(receipt.created_at)),
    row('Payment received', `${instantText(receipt.paid_at)}, when this receipt was issued`), // by its form both are one instant
    row('Method', 'Cryptocurrency, through NOWPayments'),
    ...(receipt.payment_id === null ? [] : [row('Payment id', receipt.payment_id)]),
    ...moneyLines(receipt).map(([name = '', text = '']) => row(name, text)),
    ...deposits.slice(0, mostDeposits).map((deposit) => row('Deposit', depositText(deposit))),
    ...(deposits.length > mostDeposits ? [row('More deposits', String(deposits.length - mostDeposits))] : []),
  ];
}

function fewLines(lines: readonly string[]): string[] {
  if (lines.length <= mostLines) return [...lines];
  return [...lines.slice(0, mostLines - 1), `${lines[mostLines - 1]} …`];
}

const months = 'January February March April May June July August September October November December'.split(' ');

/** `24 November 2026`, in UTC, spelled by us: a runtime's own calendar words may change. */
export function dateText(iso: string): string {
  const at = new Date(iso);
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}

function instantText(iso: string): string {
  return `${dateText(iso)}, ${new Date(iso).toISOString().slice(11, 19)} UTC`;
}

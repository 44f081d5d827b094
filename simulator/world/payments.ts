import type { AmountText } from '../decimal.js';
import type { Appender } from './journal.js';

export const statuses = [
  'waiting',
  'confirming',
  'confirmed',
  'sending',
  'finished',
  'partially_paid',
  'failed',
  'expired',
  'refunded',
  'cancelled',
] as const;

/** Usually one of `statuses`. Any word is possible: the provider may invent one, and a test may ask for it. */
export type Status = (typeof statuses)[number] | (string & {});

export interface Payment {
  id: string;
  /** Position among all payments ever made; ids, addresses and memos are drawn from it. */
  n: number;
  parentId: string | null;
  childIds: string[];
  keyLabel: string;
  orderId: string | null;
  orderDescription: string | null;
  purchaseId: string;
  invoiceId: string | null;
  status: Status;
  priceAmount: AmountText;
  priceCurrency: string;
  payAmount: AmountText;
  payCurrency: string;
  payAddress: string;
  memo: string | null;
  actuallyPaid: AmountText;
  /** Of the transfer that brought its coins. */
  payinHash: string | null;
  isFixedRate: boolean;
  isFeePaidByUser: boolean;
  ipnUrl: string | null;
  createdAtMs: number;
  updatedAtMs: number;
  quoteUntilMs: number;
  watchUntilMs: number;
}

export interface Invoice {
  id: string;
  keyLabel: string;
  orderId: string | null;
  orderDescription: string | null;
  priceAmount: AmountText;
  priceCurrency: string;
  payCurrency: string | null;
  ipnUrl: string | null;
  successUrl: string | null;
  cancelUrl: string | null;
  isFixedRate: boolean;
  isFeePaidByUser: boolean;
  createdAtMs: number;
}

export type PaymentLine = { record: 'payment'; payment: Payment } | { record: 'invoice'; invoice: Invoice };

export type PaymentBook = ReturnType<typeof createPaymentBook>;

/** Every payment in memory, found by id, by order and by account; each change is one line of the journal. */
export function createPaymentBook(journal: Appender<PaymentLine>) {
  const byId = new Map<string, Payment>();
  const byOrder = new Map<string, Payment[]>();
  const byAccount = new Map<string, Payment[]>();
  const invoices = new Map<string, Invoice>();
  let all: Payment[] = [];

  function restore(payment: Payment): void {
    const known = byId.get(payment.id);
    if (known !== undefined) {
      Object.assign(known, payment);
      return;
    }
    byId.set(payment.id, payment);
    all.push(payment);
    listUnder(byAccount, payment.keyLabel, payment);
    if (payment.orderId !== null) listUnder(byOrder, payment.orderId, payment);
  }

  return {
    restore,
    save(payment: Payment): void {
      restore(payment);
      journal.append({ record: 'payment', payment });
    },
    restoreInvoice(invoice: Invoice): void {
      invoices.set(invoice.id, invoice);
    },
    saveInvoice(invoice: Invoice): void {
      invoices.set(invoice.id, invoice);
      journal.append({ record: 'invoice', invoice });
    },
    find: (id: string): Payment | undefined => byId.get(id),
    findInvoice: (id: string): Invoice | undefined => invoices.get(id),
    /** The payment a merchant would mean by its order: the newest one that is no deposit of another. */
    newestOf: (orderId: string): Payment | undefined => byOrder.get(orderId)?.findLast((it) => it.parentId === null),
    ofOrder: (orderId: string): readonly Payment[] => byOrder.get(orderId) ?? [],
    /** In order of creation, which is also the order of `createdAtMs`. */
    ofAccount: (keyLabel: string): readonly Payment[] => byAccount.get(keyLabel) ?? [],
    all: (): readonly Payment[] => all,
    count: (): number => all.length,
    countInvoices: (): number => invoices.size,
    clear(): void {
      byId.clear();
      byOrder.clear();
      byAccount.clear();
      invoices.clear();
      all = [];
    },
  };
}

function listUnder(index: Map<string, Payment[]>, key: string, payment: Payment): void {
  const listed = index.get(key);
  if (listed === undefined) index.set(key, [payment]);
  else listed.push(payment);
}

import type { AmountText } from '../decimal.js';
import { iso } from '../spelling.js';
import type { Appender } from './journal.js';
import type { Status } from './payments.js';

export type AnswerFate = 'sent' | 'lost' | 'altered';

// Entries have the names of the wire: they leave over HTTP and lie in the journal as they are recorded.
interface Mint {
  kind: 'mint';
  payment_id: string;
  parent_payment_id: string | null;
  order_id: string | null;
  key_label: string;
  price_amount: AmountText;
  price_currency: string;
  pay_amount: AmountText;
  pay_currency: string;
  pay_address: string;
  memo: string | null;
  answer: AnswerFate;
  fault_id: string | null;
}

interface Movement {
  kind: 'movement';
  movement_id: string;
  payment_id: string;
  coin: string;
  amount: AmountText;
  txid: string;
  direction: 'in' | 'refund';
  scenario: string | null;
}

interface StatusChange {
  kind: 'status';
  payment_id: string;
  from: Status;
  to: Status;
  actually_paid: AmountText;
}

interface Ipn {
  kind: 'ipn';
  ipn_id: string;
  payment_id: string | null;
  genuine: boolean;
  body: string;
  signature: string | null;
  url: string;
}

interface IpnAttempt {
  kind: 'ipn_attempt';
  ipn_id: string;
  n: number;
  http_status: number | null;
  error: string | null;
  ms: number;
  acknowledged: boolean;
}

interface ProviderCall {
  kind: 'call';
  method: string;
  path: string;
  key_label: string | null;
  fault_id: string | null;
  /** Null when no status line ever left. */
  http_status: number | null;
  effect: 'before' | 'after' | null;
}

export type Happening = Mint | Movement | StatusChange | Ipn | IpnAttempt | ProviderCall;
export type LedgerEntry = { seq: number; at: string } & Happening;
export interface LedgerLine {
  record: 'ledger';
  entry: LedgerEntry;
}
export type LedgerKind = Happening['kind'];
export const ledgerKinds: readonly LedgerKind[] = ['mint', 'movement', 'status', 'ipn', 'ipn_attempt', 'call'];

export type Ledger = ReturnType<typeof createLedger>;

/** Append-only and never corrected: what happened here is the truth that tests and checkers start from. */
export function createLedger({ journal, now }: { journal: Appender<LedgerLine>; now: () => number }) {
  let entries: LedgerEntry[] = [];
  let byKind = new Map<LedgerKind, LedgerEntry[]>();
  const watchers: ((entry: LedgerEntry) => void)[] = [];

  function restore(entry: LedgerEntry): void {
    entries.push(entry);
    const ofKind = byKind.get(entry.kind);
    if (ofKind === undefined) byKind.set(entry.kind, [entry]);
    else ofKind.push(entry);
    for (const watch of watchers) watch(entry);
  }

  function select(kind: LedgerKind | undefined): readonly LedgerEntry[] {
    return kind === undefined ? entries : (byKind.get(kind) ?? []);
  }

  return {
    restore,
    record(happening: Happening): LedgerEntry {
      const { kind, ...rest } = happening;
      const entry = { seq: entries.length + 1, kind, at: iso(now()), ...rest } as LedgerEntry;
      restore(entry);
      journal.append({ record: 'ledger', entry });
      return entry;
    },
    /** `next` is what to pass as `after` for the following page; an empty page means: nothing newer yet. */
    page({ after, limit, kind }: { after: number; limit: number; kind?: LedgerKind | undefined }) {
      const selected = select(kind);
      const from = firstAfter(selected, after);
      const page = selected.slice(from, from + limit);
      return { entries: page, next: page.at(-1)?.seq ?? after };
    },
    last: (count: number, kind?: LedgerKind) => select(kind).slice(-count),
    countOf: (kind: LedgerKind): number => select(kind).length,
    onEntry(watch: (entry: LedgerEntry) => void): void {
      watchers.push(watch);
    },
    clear(): void {
      entries = [];
      byKind = new Map();
    },
  };
}

function firstAfter(entries: readonly LedgerEntry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.seq ?? Infinity) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

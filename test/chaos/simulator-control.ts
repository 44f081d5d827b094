import type { LedgerEntry } from '../../simulator/world/ledger.js';

export interface FaultWish {
  readonly endpoint: string;
  readonly fault: string;
  readonly effect?: 'before' | 'after';
  readonly p?: number;
  readonly times?: number;
  readonly ms?: string;
}

/** The provider's other side: coins are moved here, answers spoilt, and the ledger read. */
export interface SimulatorControl {
  pay(body: object): Promise<void>;
  scenario(name: string, body: object): Promise<void>;
  /** Spoils answers from now on; `end` says how often it did. */
  spoil(wish: FaultWish): Promise<{ end(): Promise<number> }>;
  ledger(): Promise<LedgerEntry[]>;
  /** Changes with each coin, word and IPN. */
  newest(): Promise<string>;
  /** The payment whose address a payer of this order was shown. */
  paymentAt(orderId: string, address: string): Promise<string>;
}

export function createSimulatorControl(url: string): SimulatorControl {
  async function control<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${url}/_sim${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`simulator ${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  return {
    pay: (body) => control('POST', '/pay', body),
    scenario: (name, body) => control('POST', `/scenarios/${name}`, body),
    async spoil(wish) {
      const { fault_id } = await control<{ fault_id: string }>('POST', '/faults', wish);
      return {
        async end() {
          const { faults } = await control<{ faults: { fault_id: string; hits: number }[] }>('GET', '/faults');
          await control('DELETE', `/faults/${fault_id}`);
          return faults.find((rule) => rule.fault_id === fault_id)?.hits ?? 0;
        },
      };
    },
    async paymentAt(orderId, address) {
      const { payments } = await control<{ payments: { payment_id: string; pay_address: string }[] }>(
        'GET',
        `/payments?order_id=${orderId}`,
      );
      const shown = payments.find((payment) => payment.pay_address === address);
      if (shown === undefined) throw new Error(`the provider knows no payment at ${address}, shown for ${orderId}`);
      return shown.payment_id;
    },
    async newest() {
      const kinds = ['movement', 'status', 'ipn_attempt'];
      const pages = kinds.map((kind) => control<{ entries: LedgerEntry[] }>('GET', `/ledger?last=1&kind=${kind}`));
      return (await Promise.all(pages)).map(({ entries }) => entries[0]?.seq ?? 0).join();
    },
    async ledger() {
      const all: LedgerEntry[] = [];
      for (let after = 0; ;) {
        const page = await control<{ entries: LedgerEntry[]; next: number }>(
          'GET',
          `/ledger?after=${after}&limit=1000`,
        );
        if (page.entries.length === 0) return all;
        all.push(...page.entries);
        after = page.next;
      }
    },
  };
}

import type { Ledger } from './ledger.js';

export interface IpnRecord {
  id: string;
  paymentId: string | null;
  genuine: boolean;
  url: string;
  body: string;
  signature: string | null;
  attempts: number;
  acknowledged: boolean;
  lastAnswer: string | null;
}

export interface IpnState {
  sent: number;
  acknowledged: number;
  last: 'none' | 'sending' | 'acknowledged' | 'unanswered';
  lastAnswer: string | null;
}

export type IpnLog = ReturnType<typeof createIpnLog>;

/** How each IPN fared. It is read off the ledger alone, so a replayed journal rebuilds it. */
export function createIpnLog(ledger: Ledger) {
  const byId = new Map<string, IpnRecord>();
  const byPayment = new Map<string, IpnRecord[]>();

  function list(written: IpnRecord): void {
    byId.set(written.id, written);
    if (written.paymentId === null) return;
    const listed = byPayment.get(written.paymentId);
    if (listed === undefined) byPayment.set(written.paymentId, [written]);
    else listed.push(written);
  }

  ledger.onEntry((entry) => {
    if (entry.kind === 'ipn') {
      const { ipn_id: id, payment_id: paymentId, genuine, url, body, signature } = entry;
      const ipn = { id, paymentId, genuine, url, body, signature };
      list({ ...ipn, attempts: 0, acknowledged: false, lastAnswer: null });
    }
    if (entry.kind === 'ipn_attempt') {
      const written = byId.get(entry.ipn_id);
      if (written === undefined) return;
      written.attempts = Math.max(written.attempts, entry.n);
      written.acknowledged ||= entry.acknowledged;
      written.lastAnswer = entry.error ?? String(entry.http_status);
    }
  });

  return {
    find: (ipnId: string): IpnRecord | undefined => byId.get(ipnId),
    lastOf: (paymentId: string): IpnRecord | undefined => byPayment.get(paymentId)?.at(-1),
    stateOf(paymentId: string): IpnState {
      const written = byPayment.get(paymentId) ?? [];
      const last = written.at(-1);
      return {
        sent: written.length,
        acknowledged: written.filter((it) => it.acknowledged).length,
        last: last === undefined ? 'none' : stateOfOne(last),
        lastAnswer: last?.lastAnswer ?? null,
      };
    },
    clear(): void {
      byId.clear();
      byPayment.clear();
    },
  };
}

function stateOfOne({ acknowledged, lastAnswer }: IpnRecord): IpnState['last'] {
  if (acknowledged) return 'acknowledged';
  return lastAnswer === null ? 'sending' : 'unanswered';
}

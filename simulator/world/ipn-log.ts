import type { Ipn, Ledger } from './ledger.js';

export interface IpnRecord {
  ipn: Ipn;
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

  ledger.onEntry((entry) => {
    if (entry.kind === 'ipn') {
      const written: IpnRecord = { ipn: entry, attempts: 0, acknowledged: false, lastAnswer: null };
      byId.set(entry.ipn_id, written);
      if (entry.payment_id === null) return;
      const listed = byPayment.get(entry.payment_id);
      if (listed === undefined) byPayment.set(entry.payment_id, [written]);
      else listed.push(written);
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

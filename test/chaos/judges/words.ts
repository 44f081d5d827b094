import type { Evidence } from '../evidence.js';
import type { Finding } from './finding.js';
import type { ProviderBook } from './provider-book.js';

/** I2, I6 and I15, and that nothing which was answered is gone: what callers and the provider heard, against what we hold. */
export function judgeWords(evidence: Evidence, book: ProviderBook): Finding[] {
  return [...judgeIpns(evidence, book), ...judgeAnswers(evidence), ...judgeKeys(evidence)];
}

function judgeIpns({ inbox }: Evidence, book: ProviderBook): Finding[] {
  const words = new Map<string, boolean>();
  for (const { paymentId, status, isHandled } of inbox) {
    const word = `${paymentId} ${status}`;
    words.set(word, (words.get(word) ?? false) || isHandled);
  }
  const findings = new Map<string, Finding>();
  for (const { ipn_id: id, acknowledged } of book.attempts) {
    const ipn = book.ipns.get(id);
    if (!acknowledged || ipn === undefined) continue;
    const said = JSON.parse(ipn.body) as { payment_id: number | string; payment_status: string };
    const orderId = book.mintOf(String(ipn.payment_id))?.order_id ?? null;
    const word = `${said.payment_id} ${said.payment_status}`;
    if (!ipn.genuine) {
      findings.set(id, { invariant: 'V4', harm: 'wrong', orderId, detail: `forged ${id} (${word}) was answered 2xx` });
    } else if (!words.has(word)) {
      findings.set(id, {
        invariant: 'I6',
        harm: 'lost',
        orderId,
        detail: `${id} (${word}) was answered 2xx, not kept`,
      });
    } else if (words.get(word) === false) {
      findings.set(id, { invariant: 'I6', harm: 'stuck', orderId, detail: `${id} (${word}) was never dealt with` });
    }
  }
  return [...findings.values()];
}

function judgeAnswers({ calls, orders }: Evidence): Finding[] {
  const held = new Map(orders.map((order) => [order.id, order]));
  const findings = new Map<string, Finding>();
  for (const { orderId, account, key, outcome } of calls) {
    if (outcome !== 'ok' || orderId === null) continue;
    const order = held.get(orderId);
    if (order === undefined) {
      const detail = 'was answered 2xx and is not there';
      findings.set(orderId, { invariant: 'promise 3', harm: 'lost', orderId, detail });
    } else if (`acc_${order.accountId}` !== account) {
      const detail = `was shown to ${account}`;
      findings.set(orderId, { invariant: 'I15', harm: 'wrong', orderId, detail });
    } else if (key !== null && order.key !== key) {
      const detail = `was answered for the key ${key} and stands under ${order.key}`;
      findings.set(orderId, { invariant: 'I2', harm: 'doubled', orderId, detail });
    }
  }
  return [...findings.values()];
}

function judgeKeys({ calls }: Evidence): Finding[] {
  const byKey = new Map<string, { orders: Set<string>; addresses: Set<string> }>();
  for (const { account, key, outcome, orderId, address } of calls) {
    if (outcome !== 'ok' || key === null) continue;
    const name = `${account} ${key}`;
    const seen = byKey.get(name) ?? { orders: new Set(), addresses: new Set() };
    byKey.set(name, seen);
    if (orderId !== null) seen.orders.add(orderId);
    if (address !== null) seen.addresses.add(address);
  }
  return [...byKey].flatMap(([name, { orders, addresses }]): Finding[] => {
    if (orders.size <= 1 && addresses.size <= 1) return [];
    const detail = `${name}: orders ${[...orders].join(', ')}; addresses ${[...addresses].join(', ')}`;
    return [{ invariant: 'I2', harm: 'doubled', orderId: [...orders][0] ?? null, detail }];
  });
}

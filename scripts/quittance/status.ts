import { adminApi, query, type AdminApi } from './admin-api.js';
import { command } from './command.js';

interface Finding {
  readonly area: string;
  readonly needsPerson: boolean;
  readonly says: string;
}

const most = 200; // of a list, counted; there may be more

export const status = command({
  words: 'status',
  about: 'What a person must look at now: cases, dead letters, repairs that failed, servers that are away',
  run: async () => {
    const api = adminApi();
    const all = await Promise.all([
      servers(api),
      cases(api),
      approvals(api),
      deadLetters(api),
      repairs(api),
      oldOrders(api),
    ]);
    return {
      lines: all.map(({ area, needsPerson, says }) => `${needsPerson ? 'LOOK' : 'ok  '} ${area.padEnd(12)} ${says}`),
      json: all.map(({ area, needsPerson, says }) => ({ area, needs_person: needsPerson, says })),
      needsPerson: all.some(({ needsPerson }) => needsPerson),
    };
  },
});

async function servers(api: AdminApi): Promise<Finding> {
  const { status: code, body } = await api.probe('/readyz');
  const { checks = {} } = (body ?? {}) as { checks?: Record<string, string> };
  const away = Object.entries(checks).flatMap(([name, found]) => (found === 'ok' ? [] : [name]));
  const says = code === 200 ? 'database and Temporal answer' : `not ready: ${away.join(' and ') || `answer ${code}`}`;
  return { area: 'servers', needsPerson: code !== 200, says };
}

async function cases(api: AdminApi): Promise<Finding> {
  const path = `/v1/admin/support-cases${query({ status: 'open', livemode: 'true', limit: most })}`;
  const { cases: found } = await api.call<{ cases: { kind: string }[] }>('GET', path);
  return byKind('cases', found);
}

async function approvals(api: AdminApi): Promise<Finding> {
  const path = `/v1/admin/approvals${query({ limit: most })}`;
  const { approvals: found } = await api.call<{ approvals: { kind: string }[] }>('GET', path);
  return byKind('approvals', found);
}

function byKind(area: string, found: readonly { readonly kind: string }[]): Finding {
  const kinds = new Map<string, number>();
  for (const { kind } of found) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const parts = [...kinds].map(([kind, count]) => `${count} ${kind}`);
  return { area, needsPerson: found.length > 0, says: counted(found.length, parts) };
}

async function deadLetters(api: AdminApi): Promise<Finding> {
  const { data } = await api.call<{ data: object[] }>('GET', `/v1/admin/webhook-dlq${query({ limit: most })}`);
  return { area: 'dead letters', needsPerson: data.length > 0, says: counted(data.length, []) };
}

async function repairs(api: AdminApi): Promise<Finding> {
  interface Run {
    readonly outcome: string | null;
    readonly started_at: string;
    readonly failed: Readonly<Record<string, number>>;
  }
  const { runs } = await api.call<{ runs: Run[] }>('GET', '/v1/admin/reconcile-runs?limit=5');
  const last = runs.find(({ outcome }) => outcome !== null);
  if (!last) return { area: 'reconcile', needsPerson: false, says: 'no run has ended yet' };
  const failed = Object.entries(last.failed).filter(([, count]) => count > 0);
  const isWell = last.outcome === 'finished' && failed.length === 0;
  const what = failed.map(([kind, count]) => `${count} ${kind} failed`).join(', ');
  return { area: 'reconcile', needsPerson: !isWell, says: `${last.outcome} at ${last.started_at} ${what}`.trimEnd() };
}

async function oldOrders(api: AdminApi): Promise<Finding> {
  const { buckets } = await api.call<{ buckets: { over_24h: number } }>('GET', '/v1/admin/crypto-orders/pending-age');
  const count = buckets.over_24h;
  return { area: 'orders', needsPerson: count > 0, says: `${count} pending for more than a day` };
}

function counted(count: number, parts: readonly string[]): string {
  const number = count >= most ? `${most} or more` : String(count);
  return parts.length === 0 ? number : `${number}: ${parts.join(', ')}`;
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTemporalCli } from '../../scripts/dev/find-temporal.js';
import { freePort } from '../../scripts/dev/ports.js';
import { createLog } from '../../src/log.js';
import { serveMetrics } from '../../src/metrics-server.js';
import { readBacklog } from '../../src/db/figures/backlog.js';
import { exposeBacklog } from '../../src/worker/backlog-gauges.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

// Every command of the runbook is run as it stands there, and has the effect that the page promises. What only an engine can run is
// named below, with what tries the same without one.

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/runbook.md'), 'utf8');

const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, found]) => found!);
const written = all(/```sh\n([\s\S]*?)```/g)
  .flatMap((block) => block.replaceAll(/ \\\n\s*/g, ' ').split('\n'))
  .map((line) => line.replace(/\s{2,}#.*$/, '').trim())
  .filter(Boolean);
const inline = all(/`((?:t|q|quittance|curl) [^`]+)`/g).map((command) => command.replaceAll(/\s+/g, ' '));

/** Of the page's own helpers, which this test has in its own way. */
const isPrelude = (line: string) => /^(?:[qt]|quittance)\(\) |^export /.test(line);
/** By an engine: `npm run stack` and `npm run rehearsal` do the same without one. */
const needsEngine = (line: string) => /(?:^|[ =])docker compose /.test(line);
/** Names of commands, said in passing; what they do is tried where it says. */
const named: Readonly<Record<string, string>> = {
  'quittance --help': 'test/integration/quittance-command.test.ts',
  'quittance rotate-master-key': 'test/integration/rotate-master-key.test.ts',
  'quittance release drained': 'test/integration/releases.test.ts',
  'quittance approvals decline': 'test/api/console/approvals.test.ts',
  'quittance approvals list': 'test/integration/quittance-command.test.ts',
  'q "alter role quittance password \'…\'"': 'scripts/stack/roles.ts',
};

interface Deed {
  readonly command: string; // as the page has it
  readonly fill?: () => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  readonly before?: () => Promise<unknown>;
  readonly code?: readonly number[];
  readonly says?: RegExp;
  readonly effect?: () => Promise<unknown>;
}

let stack: Stack;
let home: string;
let cli: string;
let metrics: Awaited<ReturnType<typeof serveMetrics>>;
let metricsAddress: string;
let orderId: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quittance-runbook-'));
  cli = (await findTemporalCli(process.env, () => {})).path;
  const quick = { WEBHOOK_RETRY_WAITS: '1 second', WEBHOOK_ALLOW_TARGETS: '127.0.0.1:9' };
  stack = await startStack({ env: { ...quick, POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
  const port = await freePort();
  exposeBacklog(stack.metrics.registry, () => readBacklog(stack.pool));
  const log = createLog({ name: 'test', level: 'silent' });
  metrics = await serveMetrics(stack.metrics, { host: '127.0.0.1', port }, log);
  metricsAddress = `127.0.0.1:${port}`;
  const nobody = { url: 'http://127.0.0.1:9/hooks', events: ['crypto.order.cancelled'] };
  expect((await stack.live.call('POST', '/v1/webhooks', nobody)).status).toBe(201);
  for (const { body } of [await stack.live.checkout(), await stack.live.checkout()]) {
    await stack.live.call('POST', `/v1/billing/crypto-orders/${body.order_id}/cancel`); // two events that nobody takes
  }
  orderId = (await stack.live.checkout()).body.order_id as string;
  await age(orderId);
}, 120_000);
afterAll(async () => {
  await metrics?.close();
  await stack?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Old enough to be looked for. */
async function age(id: string): Promise<void> {
  await stack.pool.query(
    `update orders set created_at = created_at - interval '2 minutes', opened_at = opened_at - interval '2 minutes'
     where id = $1`,
    [id],
  );
}

interface Said {
  readonly code: number;
  readonly out: string;
}

/** In a shell with the page's helpers: the CLI reads its address and namespace by itself, as in its container. */
function shell(command: string): Promise<Said> {
  const prelude = `set -o pipefail; t() { "${cli}" "$@"; }; quittance() { "${process.execPath}" "${join(root, 'bin/quittance.mjs')}" "$@"; }; `;
  const own = { QUITTANCE_URL: stack.apiUrl, QUITTANCE_ADMIN_KEY: stack.admin.key, QUITTANCE_HOME: home };
  const said = { API: stack.apiUrl, PUBLIC_URL: stack.apiUrl, ADMIN: stack.admin.key };
  const env = { ...process.env, ...stack.env, ...own, ...said };
  return new Promise((resolve) => {
    execFile('bash', ['-c', prelude + command], { env, cwd: home }, (failure, out, err) => {
      resolve({ code: failure ? Number(failure.code) : 0, out: out + err });
    });
  });
}

const places = () => ({
  ord_0123456789ab: orderId,
  '<order_id>': orderId,
  '127.0.0.1:9470': metricsAddress,
  '127.0.0.1:9464': metricsAddress,
  '<your name>': 'mira',
});

async function run({ command, fill, before, code = [0], says, effect }: Deed): Promise<void> {
  await before?.();
  const filled = Object.entries({ ...places(), ...(await fill?.()) }).reduce(
    (text, [word, value]) => text.replaceAll(word, value),
    command,
  );
  const said = await shell(filled);
  expect(code, `${filled}\n${said.out}`).toContain(said.code);
  if (says) expect(said.out, filled).toMatch(says);
  await effect?.();
}

const handle = () => stack.client.workflow.getHandle(`crypto-order/${orderId}`);
const statusOfRun = async () => (await handle().describe()).status.name;
const schedule = (id: string) => stack.client.schedule.getHandle(id);
const value = async (sql: string) => (await stack.pool.query<{ value: string }>(sql)).rows[0]?.value ?? '';
const deadLetter = async () => {
  const dead = () =>
    value(`select 'wdl_' || id as value from deliveries where status = 'dlq' and discarded_at is null limit 1`);
  return {
    'wdl_…': await eventually(async () => (await dead()) || Promise.reject(new Error('nothing is dead yet')), {
      timeoutMs: 30_000,
    }),
  };
};
const keyOf = async (name: string) => ({
  'key_…': `key_${await value(`select id as value from api_keys where name = '${name}' order by created_at desc limit 1`)}`,
});
const audited = (action: string) => async () => {
  await eventually(async () =>
    expect(Number(await value(`select count(*) as value from audit_log where action = '${action}'`))).toBeGreaterThan(
      0,
    ),
  );
};

const allRuns = (reason: string) =>
  `t workflow terminate --query 'WorkflowType = "cryptoOrderWorkflow" AND ExecutionStatus = "Running"' --reason '${reason}' --yes`;
const ended = () => eventually(async () => expect(await statusOfRun()).toBe('TERMINATED'), { timeoutMs: 30_000 });
const reconcileNow = `curl -s -X POST $API/v1/admin/reconcile -H "authorization: Bearer $ADMIN" -H 'content-type: application/json' -d '{}'`;
/** Reconcile goes by Temporal's list of runs, which may be behind: what a person does then is to ask again. */
const runsAgain = async () => {
  await eventually(
    async () => {
      await shell(reconcileNow);
      expect(await statusOfRun()).toBe('RUNNING');
    },
    { timeoutMs: 60_000 },
  );
};

// In the order of a night: looked at first, then mended, then put away.
const deeds: readonly Deed[] = [
  { command: 'curl -s $API/healthz', says: /"version"/ },
  { command: 'curl -s $API/readyz', says: /"database".*"temporal"|"status":"ok"/ },
  { command: 'quittance status', code: [0, 1], says: /cases/ },
  { command: 'quittance doctor', code: [0, 1], says: /PostgreSQL answers/ },
  {
    command: `curl -s 127.0.0.1:9470/metrics | grep -E '^driftstack_(orders_overdue|ipns_|events_|deliveries_|reconcile_|alarms)'`,
    says: /driftstack_orders_overdue/,
  },
  {
    command: `curl -s -o /dev/null -w '%{http_code}\\n' -X POST $PUBLIC_URL/v1/webhooks/nowpayments`,
    says: /^401$/m,
  },
  {
    command: 'curl -s 127.0.0.1:9464/metrics | grep nowpayments_webhook_total',
    says: /outcome="signature_missing"\} [1-9]/,
  },
  { command: 'curl -s 127.0.0.1:9470/metrics | grep driftstack_provider_up', says: /\} 1$/m },
  { command: 't workflow describe -w crypto-order/ord_0123456789ab', says: /cryptoOrderWorkflow/ },
  { command: 't workflow describe -w crypto-order/<order_id>', says: /cryptoOrderWorkflow/ },
  { command: 't workflow show -w crypto-order/ord_0123456789ab | tail -40', says: /WorkflowExecutionStarted/ },
  {
    command: 't workflow show -w crypto-order/ord_0123456789ab -o json > history.json',
    effect: () =>
      Promise.resolve(expect(JSON.parse(readFileSync(join(home, 'history.json'), 'utf8'))).toHaveProperty('events')),
  },
  { command: `t workflow list --query 'TemporalReportedProblems IN ("category=WorkflowTaskFailed")'` },
  {
    command: `t workflow terminate -w crypto-order/ord_0123456789ab --reason 'nondeterminism, restarted from the stored order'`,
    effect: ended,
  },
  {
    command: `t workflow list --query 'WorkflowType = "cryptoOrderWorkflow" AND ExecutionStatus IN ("Failed", "Terminated", "TimedOut")'`,
    before: () =>
      eventually(async () => {
        const { out } = await shell(`t workflow list --query 'ExecutionStatus = "Terminated"'`);
        expect(out).toContain(orderId);
      }),
    says: /cryptoOrderWorkflow/,
  },
  {
    command: `curl -s -X POST $API/v1/admin/reconcile -H "authorization: Bearer $ADMIN" -H 'content-type: application/json' -d '{"dry_run":true}'`,
    says: /"run_id"|"id"/,
    effect: async () => expect(await statusOfRun()).toBe('TERMINATED'), // dry: seen, and left
  },
  { command: reconcileNow, effect: runsAgain },
  { command: allRuns('rolled back'), effect: ended },
  { command: allRuns('database restored'), before: runsAgain, effect: ended },
  {
    command: `t schedule toggle -s reconcile-orders --unpause --reason 'paused by mistake'`,
    before: () => schedule('reconcile-orders').pause('by mistake'),
    effect: async () => expect((await schedule('reconcile-orders').describe()).state.paused).toBe(false),
  },
  { command: 't schedule describe -s reconcile-orders', says: /paused by mistake/ },
  {
    command: 't schedule trigger -s sweep-provider-lists',
    effect: () =>
      eventually(async () =>
        expect(Number(await value('select count(*) as value from provider_sweeps'))).toBeGreaterThan(0),
      ),
  },
  {
    command: `t workflow list -q 'WorkflowType = "sweepWorkflow"' --limit 5`,
    before: () => eventually(async () => expect((await shell('t workflow list')).out).toContain('sweepWorkflow')),
    says: /sweepWorkflow/,
  },
  {
    command: 'curl -s "$API/v1/admin/webhook-dlq?limit=50" -H "authorization: Bearer $ADMIN"',
    before: deadLetter,
    says: /wdl_/,
  },
  {
    command: `curl -s -X POST $API/v1/admin/webhook-dlq/wdl_…/requeue -H "authorization: Bearer $ADMIN" -H 'content-type: application/json' -d '{"reason":"endpoint is back"}'`,
    fill: deadLetter,
    effect: audited('webhook_delivery.replayed'),
  },
  {
    command: `curl -s -X POST $API/v1/admin/webhook-dlq/wdl_…/discard -H "authorization: Bearer $ADMIN" -H 'content-type: application/json' -d '{"reason":"endpoint is gone"}'`,
    fill: deadLetter,
    effect: audited('webhook_delivery.discarded'),
  },
  {
    command: 't operator namespace update -n quittance --retention 72h',
    fill: () => ({ '-n quittance': `-n ${stack.env.TEMPORAL_NAMESPACE}` }),
    effect: async () => {
      const namespace = stack.env.TEMPORAL_NAMESPACE!;
      const { config } = await stack.client.connection.workflowService.describeNamespace({ namespace });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(72 * 3600);
    },
  },
  { command: 'quittance keys add "<your name>"', says: /key: ds_live_/ },
  { command: 'quittance keys revoke key_…', fill: () => keyOf('mira'), effect: audited('api_key.revoked') },
  {
    command: 'quittance keys add "<your name>" --operator <name> --rights read,support',
    before: () => shell('quittance operators add mira --role support'),
    fill: () => ({ '<name>': 'mira' }),
    says: /key: ds_live_/,
  },
  {
    command: 'quittance keys give key_… <name>',
    before: () => shell('quittance keys add night'),
    fill: async () => ({ ...(await keyOf('night')), '<name>': 'mira' }),
    effect: audited('api_key.given'),
  },
  { command: 'quittance operators password <name>', fill: () => ({ '<name>': 'mira' }), says: /password: \S+/ },
  {
    command: 'quittance operators disable <name>',
    fill: () => ({ '<name>': 'mira' }),
    effect: async () =>
      expect(await value(`select (disabled_at is not null)::text as value from operators where name = 'mira'`)).toBe(
        'true',
      ),
  },
  {
    command: 'quittance audit verify',
    before: () =>
      eventually(async () => expect((await shell('quittance audit verify')).code).toBe(0), { timeoutMs: 30_000 }),
  },
  {
    command: 'quittance audit verify --head <hash>',
    fill: async () => ({
      '<hash>': await value(
        `select hash as value from audit_log where hash is not null order by position desc limit 1`,
      ),
    }),
  },
  {
    command: 'printf %s ord_0123456789ab | sha256sum | cut -c 1-32',
    effect: async () => {
      const { out } = await shell(`printf %s ${orderId} | sha256sum | cut -c 1-32`);
      expect(out.trim()).toBe(createHash('sha256').update(orderId).digest('hex').slice(0, 32));
    },
  },
];

describe('the runbook', () => {
  it('has no command that is not tried', () => {
    const tried = new Set([...deeds.map(({ command }) => command), ...Object.keys(named)]);
    const lines = written.filter((line) => !isPrelude(line) && !needsEngine(line));
    expect(lines.length).toBeGreaterThan(20);
    expect([...lines, ...inline].filter((command) => !tried.has(command))).toEqual([]);
    expect([...tried].filter((command) => ![...lines, ...inline].includes(command))).toEqual([]);
  });

  it.each(deeds.map((deed) => [deed.command, deed] as const))('%s', (_, deed) => run(deed), 120_000);
});

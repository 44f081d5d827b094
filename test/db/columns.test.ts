import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { policyColumns } from '../../src/db/accounts/account-policies.js';
import { accountColumns } from '../../src/db/accounts/accounts.js';
import { profileColumns } from '../../src/db/accounts/profiles.js';
import { apiKeyColumns, callerColumns } from '../../src/db/accounts/api-keys.js';
import { claimedColumns, standingColumns } from '../../src/db/deliveries/delivery-claims.js';
import { deliveryColumns } from '../../src/db/deliveries/delivery-log.js';
import { toldEventColumns } from '../../src/db/deliveries/event-lists.js';
import { endpointHealthColumns } from '../../src/db/deliveries/endpoint-overview.js';
import { addressedColumns } from '../../src/db/deliveries/order-deliveries.js';
import { endpointColumns } from '../../src/db/deliveries/webhook-endpoints.js';
import { keyedCallColumns } from '../../src/db/idempotent-calls.js';
import { movementLineColumns, receiptLineColumns } from '../../src/db/money/account-books.js';
import { depositReadColumns } from '../../src/db/money/deposit-reads.js';
import { circumstanceColumns } from '../../src/db/money/ipn-circumstances.js';
import { foundColumns } from '../../src/db/money/ipn-inbox.js';
import { mintIntentColumns } from '../../src/db/money/mint-intents.js';
import { paymentColumns } from '../../src/db/money/payments.js';
import { providerEventColumns } from '../../src/db/money/provider-events.js';
import { dueFactColumns } from '../../src/db/money/relay-queue.js';
import { orderMarkColumns } from '../../src/db/orders/order-marks.js';
import { orderEventColumns } from '../../src/db/orders/order-events.js';
import { exportColumns } from '../../src/db/orders/order-search.js';
import { offerColumns } from '../../src/db/orders/offers.js';
import { orderColumns } from '../../src/db/orders/orders.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { runColumns } from '../../src/db/reconcile/reconcile-runs.js';
import { listedOrderColumns, rungColumns } from '../../src/db/reconcile/sweeps.js';
import { credentialColumns } from '../../src/db/secrets/provider-credentials.js';
import { boundColumns } from '../../src/db/secrets/reseal.js';
import { approvalColumns } from '../../src/db/support/approvals.js';
import { auditColumns } from '../../src/db/support/audit-log.js';
import { listedSessionColumns, sessionColumns } from '../../src/db/support/console-sessions.js';
import { ipnEvidenceColumns } from '../../src/db/money/ipn-evidence.js';
import { operatorColumns } from '../../src/db/support/operators.js';
import { caseColumns } from '../../src/db/support/support-cases.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

// The compiler compares each list with its row; here PostgreSQL is asked whether it has what the list names.
const deliveries = `deliveries d join outgoing_events e on e.id = d.event_id
  join webhook_endpoints w on w.id = d.endpoint_id`;
const lists: Record<string, { columns: string; from: string }> = {
  accountColumns: { columns: accountColumns, from: 'accounts' },
  addressedColumns: { columns: addressedColumns, from: deliveries },
  apiKeyColumns: { columns: apiKeyColumns, from: 'api_keys k' },
  listedSessionColumns: { columns: listedSessionColumns, from: 'console_sessions s' },
  sessionColumns: { columns: sessionColumns, from: 'console_sessions s' },
  approvalColumns: { columns: approvalColumns, from: 'approvals' },
  auditColumns: { columns: auditColumns, from: 'audit_log' },
  boundColumns: { columns: boundColumns, from: 'orders' },
  callerColumns: {
    columns: callerColumns,
    from: 'api_keys k left join accounts a on a.id = k.account_id left join operators p on true',
  },
  caseColumns: { columns: caseColumns, from: 'support_cases' },
  circumstanceColumns: {
    columns: circumstanceColumns,
    from: `(select 1 as place) n, provider_events e, orders o, payments p`,
  },
  claimedColumns: { columns: claimedColumns, from: deliveries },
  credentialColumns: { columns: credentialColumns, from: 'provider_credentials' },
  deliveryColumns: { columns: deliveryColumns, from: deliveries },
  depositReadColumns: { columns: depositReadColumns, from: 'deposit_reads' },
  dueFactColumns: { columns: dueFactColumns, from: 'provider_events e' },
  endpointColumns: { columns: endpointColumns, from: 'webhook_endpoints' },
  endpointHealthColumns: { columns: endpointHealthColumns, from: 'webhook_endpoints' },
  exportColumns: { columns: exportColumns, from: 'orders o' },
  foundColumns: { columns: foundColumns, from: 'provider_events' },
  ipnEvidenceColumns: { columns: ipnEvidenceColumns, from: 'provider_events e' },
  keyedCallColumns: { columns: keyedCallColumns, from: 'idempotent_calls c' },
  toldEventColumns: { columns: toldEventColumns, from: 'outgoing_events e' },
  mintIntentColumns: { columns: mintIntentColumns, from: 'mint_intents' },
  offerColumns: { columns: offerColumns, from: 'earlier_offers' },
  operatorColumns: { columns: operatorColumns, from: 'operators o' },
  movementLineColumns: { columns: movementLineColumns, from: 'payments p left join orders o on o.id = p.order_id' },
  receiptLineColumns: { columns: receiptLineColumns, from: 'orders o join receipts r on r.order_id = o.id' },
  orderColumns: { columns: orderColumns, from: 'orders o' },
  orderEventColumns: { columns: orderEventColumns, from: 'order_events' },
  orderMarkColumns: { columns: orderMarkColumns, from: 'orders o' },
  paymentColumns: { columns: paymentColumns, from: 'payments' },
  policyColumns: { columns: policyColumns, from: 'account_policies' },
  profileColumns: { columns: profileColumns, from: 'account_profiles' },
  providerEventColumns: { columns: providerEventColumns, from: 'provider_events' },
  listedOrderColumns: { columns: listedOrderColumns, from: 'orders o' },
  rungColumns: { columns: rungColumns, from: 'sweep_rings' },
  runColumns: { columns: runColumns, from: 'reconcile_runs' },
  standingColumns: { columns: standingColumns, from: deliveries },
};

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, applicationName: 'test', onError: () => {} });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it.each(Object.entries(lists))('every column of %s exists', async (_name, { columns, from }) => {
  await expect(pool.query(`select ${columns} from ${from} limit 0`)).resolves.toMatchObject({ rows: [] });
});

it('a column that does not exist is noticed', async () => {
  await expect(pool.query('select o.coupon as "coupon" from orders o limit 0')).rejects.toThrow(/coupon/);
});

it('no list is left out', () => {
  const folder = path.resolve(import.meta.dirname, '../../src/db');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const named = files.flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(/(?:const (\w+) = )?\bselectList<(?!Row )/g)].map(
      (found) => found[1] ?? `a list without a name in ${file}`,
    ),
  );
  expect(named.sort()).toEqual(Object.keys(lists).sort());
});

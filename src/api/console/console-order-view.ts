import { randomUUID } from 'node:crypto';
import { findAccount } from '../../db/accounts/accounts.js';
import { productsOf } from '../../db/accounts/products.js';
import { deliveriesOfOrder } from '../../db/deliveries/order-deliveries.js';
import { orderEventsOf } from '../../db/orders/order-events.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { paymentsOf } from '../../db/money/payments.js';
import type { Database } from '../../db/pool.js';
import { findReceipt } from '../../db/money/receipts.js';
import { addressIntact } from '../../db/secrets/seal.js';
import { casesOf, type CaseRow } from '../../db/support/support-cases.js';
import { nameOf } from '../../domain/merchant/products.js';
import { assert } from '../../domain/invariant.js';
import type { ConsoleCase, ConsoleIpn } from '../../web/console/console-case-view.js';
import type { ConsoleContext } from '../../web/console/console-frame.js';
import type { ConsoleAccount, ConsoleOrderView } from '../../web/console/console-order-view.js';
import { accountAnswerOf } from '../accounts/account-answers.js';
import { caseAnswers } from '../cases/case-answers.js';
import type { AppDeps } from '../deps.js';
import { paymentUrl } from '../orders/order-envelope.js';
import type { CaseAnswer } from '../schemas/support-cases.js';

/** All that the console shows of one order. */
export async function consoleOrderView(
  deps: AppDeps,
  context: ConsoleContext,
  order: OrderRow,
): Promise<ConsoleOrderView> {
  const { pool, keyring, workflowUrl } = deps;
  const [account, own, events, deposits, cases, deliveries, receipt] = await Promise.all([
    accountOf(deps, order),
    productsOf(pool, order.accountId),
    orderEventsOf(pool, [order.id]),
    paymentsOf(pool, [order.id]),
    casesOf(pool, order.id),
    deliveriesOfOrder(pool, order.id),
    findReceipt(pool, order.id),
  ]);
  return {
    context,
    order,
    productName: nameOf(order.product, own ?? deps.settings.products),
    account,
    isAddressIntact: addressIntact(keyring, order),
    events,
    deposits,
    cases: await consoleCases(pool, cases),
    deliveries,
    receiptSha256: receipt?.sha256 ?? null,
    paymentUrl: paymentUrl(deps, order),
    temporalUrl: workflowUrl(order.id),
  };
}

async function accountOf(deps: AppDeps, { accountId, mode }: OrderRow): Promise<ConsoleAccount> {
  const row = await findAccount(deps.pool, accountId);
  assert(row, 'an order has an account');
  const { name, provider } = await accountAnswerOf(deps, row);
  return { name, mintsWith: provider[mode] };
}

/** Cases with the evidence that the admin API shows too. */
export async function consoleCases(db: Database, rows: readonly CaseRow[]): Promise<ConsoleCase[]> {
  const answers = await caseAnswers(db, rows);
  return rows.flatMap((row, index) => {
    const answer = answers[index];
    if (!answer) return [];
    return {
      ...row,
      orderStatus: answer.order_status,
      fiatText: answer.fiat_value?.text ?? null,
      ipns: answer.evidence.ipns.map(consoleIpn),
      decisionId: randomUUID(),
    };
  });
}

function consoleIpn(ipn: CaseAnswer['evidence']['ipns'][number]): ConsoleIpn {
  return {
    id: ipn.id,
    paymentId: ipn.payment_id,
    paymentStatus: ipn.payment_status,
    actuallyPaid: ipn.actually_paid,
    payCurrency: ipn.pay_currency,
    receivedAt: ipn.received_at,
    outcome: ipn.outcome,
  };
}

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCase } from '../../../src/db/support/support-cases.js';
import { passes } from '../../support/approvals.js';
import { anUnusualOrder, carryOutDecisions } from '../../support/a-case.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const base = '/v1/admin/support-cases';
let api: TestApp;
let [admin, second, merchant]: string[] = [];
beforeAll(async () => {
  api = await testApp({ settings: { fourEyesAbove: { cents: 10_000, currency: 'USD' } } });
  [admin, second, merchant] = [await api.newPerson('mira'), await api.newPerson('jan'), await api.newKey()];
});
afterAll(() => api.close());

/** An unusual order of the merchant, its case by both of its names. */
async function aCase({ cents = 4900, ...over }: Parameters<typeof anUnusualOrder>[2] & { cents?: number } = {}) {
  const { caseId, ...rest } = await anUnusualOrder(api, merchant!, { ...over, order: { price_cents: cents } });
  return { id: caseId, uuid: caseId.slice('case_'.length), ...rest };
}
const carryOut = () => carryOutDecisions(api);

const get = (path: string, key = admin!) => api.call(key, 'GET', `${base}${path}`);
const resolve = (id: string, body: object, key = admin!) => api.call(key, 'POST', `${base}/${id}/resolve`, { body });
const honour = { action: 'honour', reason: 'the customer sent a screenshot' };

describe('a case', () => {
  it('carries evidence, the worth of its coins, its deadline and what may be done', async () => {
    const { id, orderId, paymentId } = await aCase();
    const { statusCode, body } = await get(`/${id}`);
    expect(statusCode).toBe(200);
    const shown = JSON.parse(body);
    expect(shown).toMatchObject({
      id,
      kind: 'underpaid',
      status: 'open',
      account_id: `acc_${api.accountId}`,
      order_id: orderId,
      payment_id: paymentId,
      actually_paid: '24.55',
      pay_currency: 'usdttrc20',
      escalated_at: null,
      resolution: null,
      livemode: true,
      order_status: 'partial',
      fiat_value: { cents: 2450, text: '24.50 USD', currency: 'USD' },
      allowed_actions: ['honour', 'decline', 'note'],
      proposal: null,
      evidence: {
        facts: [{ event: 'underpaid' }],
        payments: [{ payment_id: paymentId, role: 'bound', arrived: '24.55', unapplied: '24.55' }],
        ipns: [],
      },
    });
    expect(Date.parse(shown.deadline_at) - Date.parse(shown.opened_at)).toBe(24 * 3_600_000);
  });

  it('in another coin has no worth at the quoted rate', async () => {
    const { id } = await aCase({ kind: 'wrong_asset', payCurrency: 'trx', actuallyPaid: '190' });
    expect((await get(`/${id}`)).json()).toMatchObject({ fiat_value: null, actually_paid: '190' });
  });

  it('of an order that cannot be honoured offers no such thing', async () => {
    const { order_id: orderId } = await api.placed(merchant!);
    const { id } = await aCase({ orderId, kind: 'refunded' });
    expect((await get(`/${id}`)).json().allowed_actions).toEqual(['decline', 'note']);
    const nothing = await aCase({ kind: 'mint_failed', actuallyPaid: null });
    expect((await get(`/${nothing.id}`)).json().allowed_actions).toEqual(['decline', 'note']);
  });

  it.each([
    ['not a case id', 'ord_0123456789ab', 400],
    ['another prefix', `whk_${randomUUID()}`, 400],
    ['nobody', `case_${randomUUID()}`, 404],
  ])('by %s: %s', async (_what, id, status) => {
    expect((await get(`/${id}`)).statusCode).toBe(status);
    expect((await resolve(id, honour)).statusCode).toBe(status);
  });

  it('is shown to operators only', async () => {
    const { id } = await aCase();
    for (const answer of [await get('', merchant), await get(`/${id}`, merchant), await resolve(id, honour, merchant)])
      expect(answer.statusCode).toBe(403);
  });
});

describe('the list of cases', () => {
  it('is walked by pages, newest first, each once, and filtered', async () => {
    const accountId = await api.newAccount();
    const made = [];
    for (const kind of ['underpaid', 'late_payment', 'underpaid', 'overpaid', 'underpaid'] as const)
      made.push(await aCase({ accountId, kind }));
    const walked: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await get(`?account_id=acc_${accountId}&limit=2${cursor}`)).json();
      walked.push(...page.cases.map((each: { id: string }) => each.id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(walked).toEqual(made.map(({ id }) => id).reverse());
    const kinds = (await get(`?account_id=${accountId}&kind=overpaid`)).json();
    expect(kinds.cases.map(({ id }: { id: string }) => id)).toEqual([made[3]!.id]);
    const ofOrder = (await get(`?order_id=${made[1]!.orderId}`)).json();
    expect(ofOrder.cases.map(({ id }: { id: string }) => id)).toEqual([made[1]!.id]);
    expect((await get(`?account_id=${accountId}&status=resolved`)).json().cases).toEqual([]);
    expect((await get(`?account_id=${accountId}&livemode=false`)).json().cases).toEqual([]);
  });

  it.each([
    ['status=done', 400],
    ['kind=theft', 400],
    ['limit=201', 400],
    ['account_id=whk_1', 400],
    ['cursor=garbage', 400],
  ])('with %s: %i', async (query, status) => {
    expect((await get(`?${query}`)).statusCode).toBe(status);
  });

  it('does not take the cursor of another list', async () => {
    const accountId = await api.newAccount();
    for (let made = 0; made < 2; made += 1) await aCase({ accountId });
    const { next_cursor } = (await get(`?account_id=${accountId}&limit=1`)).json();
    expect((await get(`?kind=underpaid&limit=1&cursor=${next_cursor}`)).statusCode).toBe(400);
  });
});

describe('a decision', () => {
  it.each([
    [{ action: 'honour' }, 'reason'],
    [{ action: 'honour', reason: '' }, 'reason'],
    [{ action: 'honour', reason: '   ' }, 'reason'],
    [{ action: 'honour', reason: 'x'.repeat(501) }, 'reason'],
    [{ action: 'refund', reason: 'please' }, 'action'],
    [{ ...honour, decision_id: 'with blanks' }, 'decision_id'],
    [{ ...honour, decision_id: '' }, 'decision_id'],
  ])('%j: 400 naming %s', async (body, field) => {
    const { id } = await aCase();
    const answer = await resolve(id, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toHaveProperty(field);
  });

  it('to honour goes to the order once, named by the key', async () => {
    const seen = carryOut();
    const { id, uuid, orderId } = await aCase();
    const answer = await resolve(id, { ...honour, decision_id: 'd-1' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: 'resolved', resolution: { action: 'honour', approved_by: null } });
    expect(answer.json().allowed_actions).toEqual([]);
    expect(seen).toMatchObject([{ kind: 'resolve', id: `resolve:${uuid}:d-1`, caseId: uuid, approvedBy: null }]);
    expect(seen[0]!.actor).toMatch(/^key_/);
    const again = await resolve(id, honour);
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({
      resource: 'support_case',
      field: 'status',
      case_status: 'resolved',
      order_status: 'partial',
      resolution: { action: 'honour' },
    });
    expect(orderId).toMatch(/^ord_/);
  });

  it('with nothing to honour: 409 with the state of the order', async () => {
    const { order_id: orderId } = await api.placed(merchant!);
    const { id } = await aCase({ orderId, kind: 'refunded' });
    const answer = await resolve(id, honour);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ resource: 'crypto_order', order_status: 'pending', case_status: 'open' });
  });

  it('that the order refuses, because it moved on meanwhile: 409 with its words', async () => {
    api.runs.onResolve = async () => ({ kind: 'refused', reason: 'nothing to honour: the order is paid' });
    const { id } = await aCase();
    const answer = await resolve(id, honour);
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain('nothing to honour: the order is paid');
  });

  it('that is refused leaves an audit row: who tried what, and why not', async () => {
    const { order_id: orderId } = await api.placed(merchant!);
    const { id } = await aCase({ orderId, kind: 'refunded' });
    await resolve(id, honour);
    const { rows } = await api.deps.pool.query('select * from audit_log where subject = $1', [id]);
    expect(rows).toMatchObject([
      {
        actor: expect.stringMatching(/^key_/),
        action: 'support_case.refused',
        order_id: orderId,
        reason: honour.reason,
        before: { case: 'open', order: 'pending' },
        after: { case: 'open', order: 'pending', asked: 'honour' },
        result: 'refused: Refused: there is nothing to honour: the order is pending.',
      },
    ]);
  });

  it('while Temporal is away: 503, and nothing is decided', async () => {
    const { id, uuid } = await aCase();
    api.runs.isAway = true;
    const answer = await resolve(id, honour);
    api.runs.isAway = false;
    expect(answer.statusCode).toBe(503);
    expect(await findCase(api.deps.pool, uuid)).toMatchObject({ status: 'open' });
  });

  it('on money that names no order is a note or an end, audited, and never a grant', async () => {
    const { id, uuid } = await aCase({ orderId: null, kind: 'orphan_payment', paymentId: '77' });
    expect((await get(`/${id}`)).json()).toMatchObject({ order_id: null, allowed_actions: ['decline', 'note'] });
    expect((await resolve(id, honour)).statusCode).toBe(409);
    expect((await resolve(id, { action: 'note', reason: 'asked the provider' })).json()).toMatchObject({
      status: 'open',
      evidence: { facts: [{ event: 'underpaid' }, { note: 'asked the provider' }] },
    });
    expect((await resolve(id, { action: 'decline', reason: 'not ours' })).json().status).toBe('resolved');
    expect((await resolve(id, { action: 'decline', reason: 'not ours' })).statusCode).toBe(409);
    const { rows } = await api.deps.pool.query('select action, reason from audit_log where subject = $1 order by seq', [
      `case_${uuid}`,
    ]);
    expect(rows).toEqual([
      { action: 'support_case.refused', reason: honour.reason },
      { action: 'support_case.noted', reason: 'asked the provider' },
      { action: 'support_case.declined', reason: 'not ours' },
      { action: 'support_case.refused', reason: 'not ours' },
    ]);
  });
});

describe('four eyes', () => {
  it('ask for another key above the amount, and not at it', async () => {
    const seen = carryOut();
    const at = await aCase({ cents: 10_000 });
    expect((await resolve(at.id, honour)).statusCode).toBe(200);
    const above = await aCase({ cents: 10_001 });
    const first = await resolve(above.id, { ...honour, decision_id: 'first' });
    expect(first.statusCode).toBe(202);
    expect(first.json()).toMatchObject({ status: 'awaiting_approval', proposal: { reason: honour.reason } });
    expect((await get(`?status=awaiting_approval&order_id=${above.orderId}`)).json().cases).toHaveLength(1);

    const sameKey = await resolve(above.id, honour);
    expect(sameKey.statusCode).toBe(409);
    expect(sameKey.json()).toMatchObject({ field: 'proposed_by', case_status: 'awaiting_approval' });
    const sameCall = await resolve(above.id, { ...honour, decision_id: 'first' });
    expect(sameCall.statusCode).toBe(202);
    expect(seen).toHaveLength(1);

    const approved = await resolve(above.id, { ...honour, reason: 'checked' }, second);
    expect(approved.statusCode).toBe(200);
    const { resolution } = approved.json();
    expect(resolution).toMatchObject({ action: 'honour', reason: honour.reason });
    expect(resolution.actor).not.toBe(resolution.approved_by);
    expect(seen[1]).toMatchObject({ actor: first.json().proposal.actor, approvedBy: resolution.approved_by });
    expect(resolution.approved_by).toMatch(/^key_/);
    expect((await resolve(above.id, honour)).json().resolution).toEqual(resolution);
    const stored = await api.deps.pool.query('select resolution from support_cases where order_id = $1', [
      above.orderId,
    ]);
    expect(stored.rows).toEqual([{ resolution }]);
    const { rows } = await api.deps.pool.query(
      `select action, before, after from audit_log where order_id = $1 order by seq`,
      [above.orderId],
    );
    const reasons = await api.deps.pool.query(
      `select a.reason, c.facts -> -1 ->> 'approval' as kept from audit_log a, support_cases c
       where a.order_id = $1 and c.order_id = $1 and a.action = 'support_case.approved'`,
      [above.orderId],
    );
    expect(reasons.rows).toEqual([{ reason: 'checked', kept: 'checked' }]); // the second person's own
    const waiting = { case: 'awaiting_approval', order: 'partial' };
    const resolved = { case: 'resolved', order: 'partial' };
    expect(rows).toEqual([
      {
        action: 'support_case.approval_requested',
        before: { case: 'open', order: 'partial' },
        after: waiting,
      },
      { action: 'support_case.refused', before: waiting, after: { ...waiting, asked: 'honour' } },
      { action: 'support_case.approved', before: waiting, after: null },
      { action: 'support_case.refused', before: resolved, after: { ...resolved, asked: 'honour' } },
    ]);
  });

  it('wait a day: then the proposal has lapsed, and the next key is the first again', async () => {
    carryOut();
    const { id, uuid, orderId } = await aCase({ cents: 20_000 });
    expect((await resolve(id, honour)).statusCode).toBe(202);
    await passes(api, `case_${uuid}`);
    expect((await get(`/${id}`)).json()).toMatchObject({ status: 'open', proposal: null });
    expect((await get(`?status=open&order_id=${orderId}`)).json().cases).toHaveLength(1);
    expect((await resolve(id, honour, second)).statusCode).toBe(202);
    expect((await resolve(id, honour)).statusCode).toBe(200);
  });

  it('are not needed to decline, not even what waits for approval', async () => {
    carryOut();
    const { id } = await aCase({ cents: 20_000 });
    await resolve(id, honour);
    const declined = await resolve(id, { action: 'decline', reason: 'fraud' });
    expect(declined.json()).toMatchObject({ status: 'resolved', resolution: { action: 'decline' } });
    expect((await resolve(id, honour, second)).statusCode).toBe(409);
  });
});

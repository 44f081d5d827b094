import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyReceiptSignature, type ReceiptKeys } from '../../sdk/src/index.js';
import { openShop, type DeliveryView, type Shop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';
import { sdkType } from '../sdk/sdk-methods.js';
import { misfits } from '../sdk/shapes.js';

// What a receipt says beside its first nine keys: docs/contract.md, "Receipts".
let stack: Stack;
let shop: Shop;
beforeAll(async () => {
  stack = await startStack({ env: { RECONCILE_EVERY: '10 hours' } });
  shop = await openShop(stack);
}, 120_000);
afterAll(() => stack?.close());

async function paid(fraction: number): Promise<{ order: DeliveryView; receipt: () => Promise<Response> }> {
  const { body: order } = await shop.checkout({ customer_reference: 'invoice 1187', description: 'A year' });
  await stack.sim('/pay', { order_id: order.order_id, fraction, then: ['confirming', 'finished'] });
  const path = `/v1/billing/crypto-orders/${order.order_id}`;
  await eventually(async () => expect((await shop.call('GET', path)).body.status).toBe('paid'));
  const receipt = () => fetch(`${stack.apiUrl}${path}/receipt`, { headers: { authorization: `Bearer ${shop.key}` } });
  return { order, receipt };
}

describe('a receipt', () => {
  it('names seller, reference, coins, rate, excess and each transfer, signed and the same for ever', async () => {
    const profile = { legal_name: 'Shop GmbH', postal_address: 'Deichstraße 12\n20459 Hamburg', tax_id: 'DE123456789' };
    const told = await shop.call('PATCH', '/v1/account/profile', { ...profile, receipt_footer: 'HRB 12345' });
    expect(told.status).toBe(200);
    const { order, receipt } = await paid(1.5);
    const answer = await receipt();
    const text = await answer.text();
    const body = JSON.parse(text);
    expect(Object.keys(body)).toEqual([
      ...['order_id', 'issued_at', 'status', 'product', 'price_cents', 'price_currency', 'payment_id', 'paid_at'],
      ...['created_at', 'seller', 'customer_reference', 'description', 'paid_with', 'deposits'],
    ]);
    const { legal_name: name, ...rest } = profile;
    expect(body.seller).toEqual({ name, ...rest, footer: 'HRB 12345' });
    expect(body).toMatchObject({ customer_reference: 'invoice 1187', description: 'A year' });
    const coin = { currency: order.pay_currency, network: order.network };
    expect(body.paid_with).toMatchObject({ ...coin, owed: order.pay_amount_text, excess: expect.any(String) });
    expect(Number(body.paid_with.rate) * 49).toBeCloseTo(Number(order.pay_amount_text), 6);
    const transaction_hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(body.deposits).toMatchObject([{ ...coin, payment_id: body.payment_id, transaction_hash }]);
    expect(misfits(body, sdkType('Receipt'))).toEqual([]);

    const keys = (await (await fetch(`${stack.apiUrl}/.well-known/quittance-receipts.json`)).json()) as ReceiptKeys;
    const header = answer.headers.get('x-driftstack-receipt-signature')!;
    expect(await verifyReceiptSignature({ body: text, header, keys })).toBe(true);
    await shop.call('PATCH', '/v1/account/profile', { legal_name: 'Another GmbH' });
    expect(await (await receipt()).text()).toBe(text);
  });

  it('names what was waived within the tolerance', async () => {
    const { receipt } = await paid(0.995);
    const { paid_with } = (await (await receipt()).json()) as DeliveryView;
    expect(Number(paid_with.waived)).toBeGreaterThan(0);
    expect(Number(paid_with.received) + Number(paid_with.waived)).toBeCloseTo(Number(paid_with.owed), 8);
  });
});

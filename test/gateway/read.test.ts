import { describe, expect, it } from 'vitest';
import type { PaymentId } from '../../src/domain/ids.js';
import { mintedFrom } from '../../src/gateway/mint.js';
import { aGateway, aMint, anAccount, aProvider, created, json, raw } from './provider-double.js';

const id = '5333977169123456789' as PaymentId;
const path = `GET payment/${id}`;
const text = `{"payment_id":${id},"payment_status":"partially_paid","order_id":"ord_0123456789ab","price_amount":49,
"price_currency":"usd","pay_amount":49.024513,"actually_paid":24.5,"actually_paid_at_fiat":0,"pay_currency":"usdttrc20",
"pay_address":"TAb12cd34ef56gh78jk9xAb12cd34ef56g","payment_extra_ids":[5333977169123456790]}`;

describe('a read', () => {
  it('asks for one payment with the key that made it', async () => {
    const provider = await aProvider({ [path]: raw(200, text) });
    const outcome = await aGateway().read(anAccount(provider.url), id, 'decision');
    expect(outcome).toMatchObject({
      kind: 'read',
      raw: text,
      payment: { paymentId: id, status: 'partially_paid', actuallyPaid: '24.5', extraIds: ['5333977169123456790'] },
    });
    expect(provider.heard[0]).toMatchObject({ url: `/v1/payment/${id}`, headers: { 'x-api-key': 'KEY-OF-THE-TEST' } });
  });

  it('refuses an answer that names another payment, also where a float would not see it', async () => {
    const provider = await aProvider({ [path]: raw(200, text.replace(id, '5333977169123456788')) });
    expect(await aGateway().read(anAccount(provider.url), id, 'poll')).toEqual({
      kind: 'unavailable',
      message: 'the answer names another payment',
      retryAfterMs: null,
      alarm: true,
    });
  });

  it('of a payment nobody knows is not visible, never unpaid', async () => {
    const provider = await aProvider({
      [path]: json(404, { status: false, statusCode: 404, message: 'Payment not found' }),
    });
    expect(await aGateway().read(anAccount(provider.url), id, 'poll')).toEqual({ kind: 'not_visible' });
  });

  it('that answers with unreadable figures is unavailable, with an alarm', async () => {
    const provider = await aProvider({ [path]: raw(200, text.replace('24.5', '-24.5')) });
    expect(await aGateway().read(anAccount(provider.url), id, 'poll')).toMatchObject({
      kind: 'unavailable',
      alarm: true,
    });
  });

  it('that is refused is unavailable, with an alarm', async () => {
    const provider = await aProvider({ [path]: json(400, { code: 'INVALID_REQUEST_PARAMS', message: 'no' }) });
    expect(await aGateway().read(anAccount(provider.url), id, 'poll')).toMatchObject({
      kind: 'unavailable',
      alarm: true,
    });
  });

  it('with a key nobody knows is about the account', async () => {
    const provider = await aProvider({ [path]: json(403, { code: 'INVALID_API_KEY', message: 'Invalid api key' }) });
    const standing = aGateway({ clock: () => 0 }); // what is left of a wait is told, and time goes on while it is reckoned
    expect(await standing.read(anAccount(provider.url), id, 'poll')).toMatchObject({
      kind: 'account',
      retryAfterMs: 30_000,
    });
  });

  it('without an id is not made: it would answer with the list', async () => {
    const provider = await aProvider({});
    const gateway = aGateway();
    for (const odd of ['', '../payment', '7/x', '07', '7?x']) {
      await expect(gateway.read(anAccount(provider.url), odd as PaymentId, 'poll')).rejects.toThrow('by its id');
    }
    expect(provider.heard).toEqual([]);
  });

  it('tells the log of re-deposits it could not read', async () => {
    const warnings: [object, string][] = [];
    const provider = await aProvider({ [path]: raw(200, text.replace('[5333977169123456790]', '"x"')) });
    const gateway = aGateway({ log: { warn: (fields, message) => warnings.push([fields, message]) } });
    await gateway.read(anAccount(provider.url), id, 'poll');
    expect(warnings).toEqual([[{ paymentId: id }, 'payment_extra_ids: not a list of at most 1000 ids, ignored']]);
  });
});

describe('a payment found again', () => {
  async function found(change: object) {
    const provider = await aProvider({ [path]: json(200, { ...created, payment_id: id, ...change }) });
    const outcome = await aGateway().read(anAccount(provider.url), id, 'decision');
    if (outcome.kind !== 'read') throw new Error(outcome.kind);
    return mintedFrom(outcome.payment, aMint, outcome.raw);
  }

  it('is adopted when it keeps what the order asked for, however far it has come', async () => {
    for (const status of ['waiting', 'confirming', 'finished']) {
      expect(await found({ payment_status: status })).toMatchObject({ paymentId: id, payAmount: '49.024513' });
    }
  });

  it('is not adopted when it is another order, coin or price', async () => {
    expect(await found({ order_id: 'ord_ba9876543210' })).toEqual({ problem: 'it names another order' });
    expect(await found({ pay_currency: 'trx' })).toEqual({ problem: 'it names another coin' });
    expect(await found({ price_amount: 50 })).toEqual({ problem: 'it names another price' });
  });
});

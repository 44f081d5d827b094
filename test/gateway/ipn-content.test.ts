import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reserialise } from '../../src/gateway/canonical-json.js';
import { verifyIpn } from '../../src/gateway/ipn.js';

const secret = 'a-secret';

/** Members as JSON text, in canonical order. */
function signed(members: Record<string, string>) {
  const all: Record<string, string> = { payment_id: '5745459419', payment_status: '"finished"', ...members };
  const body = `{${Object.keys(all)
    .sort()
    .map((key) => `"${key}":${all[key]}`)
    .join(',')}}`;
  return verifyIpn(Buffer.from(body), createHmac('sha512', secret).update(body).digest('hex'), [secret]);
}

function verified(members: Record<string, string>) {
  const verdict = signed(members);
  if (verdict.kind !== 'verified') throw new Error(`not verified: ${JSON.stringify(verdict)}`);
  return verdict;
}

const whole = {
  actually_paid: '49.60',
  actually_paid_at_fiat: '0',
  fee: '{"currency":"trx","depositFee":0}',
  order_id: '"ord_0123456789ab"',
  parent_payment_id: 'null',
  pay_address: '"TAb12cd34ef56gh78jk90Ab12cd34ef56g"',
  pay_amount: '49.6',
  pay_currency: '"USDTTRC20"',
  price_amount: '49',
  price_currency: '"usd"',
  updated_at: '1795550400000',
};

describe('an authentic notification', () => {
  it('is read in our words', () => {
    expect(verified(whole).ipn).toEqual({
      paymentId: '5745459419',
      parentPaymentId: null,
      extraIds: [],
      status: 'finished',
      orderId: 'ord_0123456789ab',
      priceAmount: '49',
      priceCurrency: 'usd',
      payAmount: '49.6',
      payCurrency: 'usdttrc20',
      actuallyPaid: '49.60',
      payAddress: 'TAb12cd34ef56gh78jk90Ab12cd34ef56g',
      payExtraId: null,
      updatedAtMs: 1_795_550_400_000,
      transactionHash: null,
      createdAtMs: null,
      purchaseId: null,
      network: null,
      quoteExpiresAt: null,
      fiatPaid: null,
    });
  });

  it.each([
    ['100.0', '100.0'],
    ['1e2', '100'],
    ['0.0000001', '0.0000001'],
    ['1.123456789012345678', '1.123456789012345678'],
    ['"49.60"', '49.60'],
  ])('keeps the amount %s as text', (sent, kept) => {
    expect(verified({ actually_paid: sent }).ipn.actuallyPaid).toBe(kept);
  });

  it.each(['-1', '"NaN"', '1e400', '""', '" 1"', '"+1"', '"0x10"', 'true', '[]', '{}', '"01"'])(
    'with the amount %s is malformed',
    (sent) => {
      expect(signed({ actually_paid: sent })).toMatchObject({
        kind: 'malformed',
        reason: expect.stringMatching(/^actually_paid: /) as string,
      });
    },
  );

  it.each([
    ['null', null],
    ['1234567890123456789012345678901234567890', '1234567890123456789012345678901234567890'],
    ['0.1234567890123456789012345678901234567890', '0.1234567890123456789012345678901234567890'],
    // 0.1 and 0.0000001 as floats, written out in full
    [
      '0.1000000000000000055511151231257827021181583404541015625',
      '0.1000000000000000055511151231257827021181583404541015625',
    ],
    [`0.${'1'.repeat(80)}`, `0.${'1'.repeat(80)}`],
  ])('with the amount %s is taken: the read decides', (sent, kept) => {
    expect(verified({ actually_paid: sent }).ipn.actuallyPaid).toBe(kept);
  });

  it('with 81 digits is malformed', () => {
    expect(signed({ actually_paid: `0.${'1'.repeat(81)}` })).toMatchObject({ kind: 'malformed' });
  });

  it.each([
    ['pay_address', '"?"'],
    ['payin_extra_id', '{}'],
    ['outcome_amount', '-1'],
    ['outcome_currency', '"no such coin!"'],
    ['amount_received', '"NaN"'],
    ['actually_paid_at_fiat', '""'],
    ['created_at', '"yesterday"'],
    ['fee', '"none"'],
  ])('is not lost to an odd %s, which decides nothing', (field, sent) => {
    expect(verified({ ...whole, [field]: sent }).ipn).toMatchObject({ status: 'finished', actuallyPaid: '49.60' });
  });

  it.each(['"FINISHED"', '"hovering"', '" finished "'])('with the status %s is taken as it is', (sent) => {
    expect(verified({ payment_status: sent }).ipn.status).toBe(JSON.parse(sent));
  });

  it.each(['""', 'null', '7', `"${'x'.repeat(65)}"`, '"a\\u0000"', '"\\ud800"'])(
    'with the status %s is malformed',
    (sent) => {
      expect(signed({ payment_status: sent })).toMatchObject({ kind: 'malformed' });
    },
  );

  it.each(['0', '-1', '1.0', '1e3', '"01"', '""', '" 1"', 'null', 'true', '"1a"', '1'.repeat(33)])(
    'with the payment id %s is malformed',
    (sent) => {
      expect(signed({ payment_id: sent })).toMatchObject({ kind: 'malformed' });
    },
  );

  it('with an order id that cannot be stored names no order', () => {
    expect(verified({ order_id: '"ord_\\u0000"' }).ipn.orderId).toBeNull();
    expect(verified({ order_id: '12345' }).ipn.orderId).toBeNull();
    expect(verified({ order_id: `"${'x'.repeat(256)}"` }).ipn.orderId).toBeNull();
  });

  it('that passes only as form B says less: it has its id and status, and no figures', () => {
    const body =
      '{"payment_status":"finished","payment_id":5745459419,"price_amount":49.0,"pay_amount":49.60,"actually_paid":49.60,"order_id":"ord_0123456789ab"}';
    const signature = createHmac('sha512', secret)
      .update(reserialise(body) ?? '')
      .digest('hex');
    expect(verifyIpn(Buffer.from(body), signature, [secret])).toMatchObject({
      kind: 'verified',
      form: 'B',
      ipn: {
        paymentId: '5745459419',
        status: 'finished',
        orderId: 'ord_0123456789ab',
        priceAmount: null,
        payAmount: null,
        actuallyPaid: null,
        fiatPaid: null,
      },
    });
  });
});

describe('the fingerprint', () => {
  const fingerprint = (members: Record<string, string>) => verified({ ...whole, ...members }).fingerprint;

  it('is the SHA-256 of what the notification says', () => {
    // printf 'v1\n5745459419\nfinished\nusdttrc20\n49.6\n-\n1795550400000' | sha256sum
    expect(fingerprint({})).toBe('4f209cfe42abef6f9856f4121bf206a96f0f9f562a3572021d1959effc7458bf');
    // printf 'v1\n5745459419\nfinished\n-\n-\n-\n-' | sha256sum
    expect(verified({}).fingerprint).toBe('ccc51930942886f2cc95ee760b6888d405d64af3cf9056a5a2f4c3e052b06877');
  });

  it('does not see how a number, a moment or a currency is spelled, nor what else is sent', () => {
    const same = [
      { actually_paid: '49.6' },
      { actually_paid: '"49.600"' },
      { actually_paid: '4.96e1' },
      { pay_currency: '"usdttrc20"' },
      { updated_at: '"2026-11-24T20:00:00.000Z"' },
      { outcome_amount: '48' },
    ];
    for (const members of same) expect(fingerprint(members)).toBe(fingerprint({}));
  });

  it.each([
    ['payment_id', '5745459420'],
    ['payment_status', '"sending"'],
    ['pay_currency', '"usdterc20"'],
    ['actually_paid', '49.61'],
    ['parent_payment_id', '5745459418'],
    ['updated_at', '1795550400001'],
  ])('sees another %s', (key, sent) => {
    expect(fingerprint({ [key]: sent })).not.toBe(fingerprint({}));
  });
});

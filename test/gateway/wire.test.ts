import { describe, expect, it } from 'vitest';
import { parsePayment } from '../../src/gateway/wire.js';

const create = `{"payment_id":"5745459419","payment_status":"waiting","pay_address":"TAb12cd34ef56gh78jk90Ab12cd34ef56g",
"price_amount":49.00,"price_currency":"usd","pay_amount":49.024513,"pay_currency":"usdttrc20","order_id":"ord_0123456789ab",
"payin_extra_id":null,"network":"trx","created_at":"2026-11-24T20:00:00.000Z","updated_at":"2026-11-24T20:00:00.000Z",
"purchase_id":"6084744717","amount_received":48.5,"expiration_estimate_date":"2026-11-24T20:20:00.000Z",
"valid_until":"2026-12-01T20:00:00.000Z","is_fixed_rate":false}`;

/** The smallest payment, with members put in as JSON text. */
function parsed(members: Record<string, string | undefined>) {
  const all: Record<string, string | undefined> = { payment_id: '7', payment_status: '"waiting"', ...members };
  const texts = Object.entries(all).flatMap(([key, text]) => (text === undefined ? [] : [`"${key}":${text}`]));
  return parsePayment(`{${texts.join(',')}}`);
}

function accepted(members: Record<string, string | undefined>) {
  const result = parsed(members);
  if (result.kind !== 'payment') throw new Error(result.problem);
  return result.payment;
}

const refused = (members: Record<string, string | undefined>) => parsed(members).kind === 'refused';

describe('the answer to a create', () => {
  it('becomes ours, with every digit', () => {
    expect(parsePayment(create)).toEqual({
      kind: 'payment',
      warnings: [],
      payment: {
        paymentId: '5745459419',
        parentPaymentId: null,
        extraIds: [],
        status: 'waiting',
        orderId: 'ord_0123456789ab',
        priceAmount: '49.00',
        priceCurrency: 'usd',
        payAmount: '49.024513',
        payCurrency: 'usdttrc20',
        actuallyPaid: null,
        payAddress: 'TAb12cd34ef56gh78jk90Ab12cd34ef56g',
        payExtraId: null,
        updatedAtMs: 1_795_550_400_000,
        transactionHash: null,
        createdAtMs: 1_795_550_400_000,
        purchaseId: '6084744717',
        network: 'trx',
        quoteExpiresAt: '2026-11-24T20:20:00.000Z',
        fiatPaid: null,
      },
    });
  });

  it.each([
    '',
    '<html>',
    '[]',
    '"x"',
    'null',
    '7',
    '{"payment_id":"7"',
    '{"payment_id":"7","payment_id":"8"}',
    '['.repeat(262_144),
  ])('is unusable when it is no JSON object: %.30s', (text) => {
    expect(parsePayment(text)).toEqual({ kind: 'refused', problem: 'not a JSON object' });
  });

  it('names the field and the rule when it is unusable, never the value', () => {
    expect(parsed({ pay_amount: '"secret words"' })).toEqual({
      kind: 'refused',
      problem: 'pay_amount: not a non-negative decimal of at most 80 digits',
    });
  });

  it('may hold fields nobody knows, and a __proto__ that changes nothing', () => {
    expect(accepted({ __proto: '1', new_field: '{"a":[1]}', ['__proto__']: '{"order_id":"x"}' }).orderId).toBeNull();
  });
});

describe('ids', () => {
  it.each([
    ['"5745459419"', '5745459419'],
    ['5333977169123456789', '5333977169123456789'],
    ['1'.repeat(32), '1'.repeat(32)],
  ])('%s is taken as text', (sent, id) => {
    expect(accepted({ payment_id: sent, parent_payment_id: sent })).toMatchObject({
      paymentId: id,
      parentPaymentId: id,
    });
  });

  it.each(['0', '"0"', '-7', '7.0', '7e0', '"007"', '""', '" 7"', '"7 "', 'true', '{}', '1'.repeat(33)])(
    '%s is refused',
    (sent) => {
      expect(refused({ payment_id: sent })).toBe(true);
      expect(refused({ parent_payment_id: sent })).toBe(true);
    },
  );

  it('of the payment must be there, of its parent need not', () => {
    expect(refused({ payment_id: undefined })).toBe(true);
    expect(refused({ payment_id: 'null' })).toBe(true);
    expect(accepted({ parent_payment_id: 'null' }).parentPaymentId).toBeNull();
  });

  it('of re-deposits are taken up to a thousand, else left out with a warning', () => {
    expect(accepted({ payment_extra_ids: '[8,"9"]' }).extraIds).toEqual(['8', '9']);
    expect(accepted({ payment_extra_ids: 'null' }).extraIds).toEqual([]);
    expect(accepted({ payment_extra_ids: `[${Array(1_000).fill(8).join(',')}]` }).extraIds).toHaveLength(1_000);
    for (const odd of [`[${Array(1_001).fill(8).join(',')}]`, '["x"]', '7', '{"a":1}']) {
      expect(parsed({ payment_extra_ids: odd })).toMatchObject({
        kind: 'payment',
        payment: { extraIds: [] },
        warnings: ['payment_extra_ids: not a list of at most 1000 ids, ignored'],
      });
    }
  });

  it('of purchases and invoices may be anything', () => {
    expect(refused({ purchase_id: '"x"', invoice_id: '[]' })).toBe(false);
  });
});

describe('the status', () => {
  it.each(['"finished"', '"FINISHED"', '" finished"', '"hovering"', `"${'x'.repeat(64)}"`])(
    '%s is kept exactly',
    (sent) => {
      expect(accepted({ payment_status: sent }).status).toBe(JSON.parse(sent));
    },
  );

  it.each([undefined, 'null', '""', '7', `"${'x'.repeat(65)}"`, '"x\\u0000"'])('%s is refused', (sent) => {
    expect(refused({ payment_status: sent })).toBe(true);
  });
});

const amounts = ['price_amount', 'pay_amount', 'actually_paid'];

describe.each(amounts)('%s', (field) => {
  it.each(['49.61', '"49.61"', '0', '0.0', '1e2', '1E-7', `0.${'1'.repeat(80)}`, '1'.repeat(80), 'null', undefined])(
    '%s is taken',
    (sent) => {
      expect(refused({ [field]: sent })).toBe(false);
    },
  );

  it.each([
    '-1',
    '-0',
    '"+1"',
    '"NaN"',
    '"Infinity"',
    '"0x10"',
    '""',
    '" "',
    '" 1"',
    '"1 "',
    '"01"',
    '"00.5"',
    '".5"',
    '"5."',
    '"1,5"',
    '"1_000"',
    '"١"',
    'true',
    '[1]',
    '{}',
    '1e80',
    '1e400',
    '1e-81',
    '1e99999999999',
    '1'.repeat(81),
    `0.${'1'.repeat(81)}`,
  ])('%s is refused', (sent) => {
    expect(refused({ [field]: sent })).toBe(true);
  });
});

describe('an amount', () => {
  it.each([
    ['49.00', '49.00'],
    ['100.50', '100.50'],
    ['1e2', '100'],
    ['1.5e1', '15'],
    ['1.50e1', '15.0'],
    ['12.345e2', '1234.5'],
    ['0.05e1', '0.5'],
    ['0.05e3', '50'],
    ['10e-1', '1.0'],
    ['10e-2', '0.10'],
    ['1e-7', '0.0000001'],
    ['1.5E-7', '0.00000015'],
    ['0e5', '0'],
    ['1e0', '1'],
    ['1e39', '1000000000000000000000000000000000000000'],
    ['1e-40', '0.0000000000000000000000000000000000000001'],
    ['0.123456789012345678', '0.123456789012345678'],
  ])('%s is kept as %s', (sent, kept) => {
    expect(accepted({ actually_paid: sent }).actuallyPaid).toBe(kept);
  });

  it('tell by which transaction they came, where the provider does; nonsense is none', () => {
    expect(accepted({ payin_hash: '"0xab12cd34"' }).transactionHash).toBe('0xab12cd34');
    for (const sent of ['null', '""', '"short"', '12', '"<b>no hash</b>"', undefined]) {
      expect(accepted({ payin_hash: sent }).transactionHash).toBeNull();
    }
  });

  it('in fiat is for display: 0 and nonsense are unknown, never refused', () => {
    expect(accepted({ actually_paid_at_fiat: '49.5' }).fiatPaid).toBe('49.5');
    for (const sent of ['0', '0.00', 'null', '"x"', '-1', undefined]) {
      expect(accepted({ actually_paid_at_fiat: sent }).fiatPaid).toBeNull();
    }
  });
});

describe('what nobody takes from a payment', () => {
  it.each(['outcome_amount', 'outcome_currency', 'amount_received'])('%s may be anything', (field) => {
    for (const sent of ['-1', '"NaN"', '{}', '""']) expect(refused({ [field]: sent })).toBe(false);
  });
});

describe('currencies', () => {
  it.each(['price_currency', 'pay_currency'])('%s is a code in any case', (field) => {
    for (const sent of ['"usd"', '"USDTTRC20"', '"1inch"', 'null', undefined])
      expect(refused({ [field]: sent })).toBe(false);
    for (const sent of ['""', '"u"', '"us d"', '"us-d"', `"${'x'.repeat(21)}"`, '"ＵＳＤ"', '7', 'true']) {
      expect(refused({ [field]: sent })).toBe(true);
    }
  });

  it('are compared in lower case', () => {
    expect(accepted({ pay_currency: '"USDTTRC20"', price_currency: '"USD"' })).toMatchObject({
      payCurrency: 'usdttrc20',
      priceCurrency: 'usd',
    });
  });
});

describe('the address and its memo', () => {
  it('are printable, without blanks, of a sensible length', () => {
    expect(accepted({ pay_address: '"addr_unknown_network_1"' }).payAddress).toBe('addr_unknown_network_1');
    for (const sent of [
      '""',
      '"short"',
      `"${'x'.repeat(201)}"`,
      '"with blank in it"',
      '"tab\\there_it_is"',
      '"üüüüüüüüüüüü"',
      '7',
    ]) {
      expect(refused({ pay_address: sent })).toBe(true);
    }
  });

  it('an empty memo is none; a number is text; a long one is refused', () => {
    expect(accepted({ payin_extra_id: '""' }).payExtraId).toBeNull();
    expect(accepted({ payin_extra_id: 'null' }).payExtraId).toBeNull();
    expect(accepted({ payin_extra_id: '"100200300"' }).payExtraId).toBe('100200300');
    expect(accepted({ payin_extra_id: '100200300' }).payExtraId).toBe('100200300');
    expect(accepted({ payin_extra_id: `"${'x'.repeat(128)}"` }).payExtraId).toHaveLength(128);
    expect(refused({ payin_extra_id: `"${'x'.repeat(129)}"` })).toBe(true);
    expect(refused({ payin_extra_id: '"a\\u0000"' })).toBe(true);
    expect(refused({ payin_extra_id: '[]' })).toBe(true);
  });
});

describe('moments', () => {
  it.each([
    ['"2026-11-24T20:00:00.000Z"', 1_795_550_400_000],
    ['"2026-11-24T20:00:00Z"', 1_795_550_400_000],
    ['"2026-11-24T22:00:00+02:00"', 1_795_550_400_000],
    ['1795550400000', 1_795_550_400_000],
    ['"1795550400000"', 1_795_550_400_000],
    ['1795550400', null],
    ['"yesterday"', null],
    ['"2026-11-24"', null],
    ['"2026-13-24T20:00:00Z"', null],
    ['null', null],
    ['true', null],
  ])('%s is %s, and never a reason to refuse', (sent, ms) => {
    expect(accepted({ updated_at: sent, created_at: sent })).toMatchObject({ updatedAtMs: ms, createdAtMs: ms });
  });

  it('the quote ends when the provider says, else at the end of its watch', () => {
    expect(accepted({ valid_until: '"2026-12-01T20:00:00.000Z"' }).quoteExpiresAt).toBe('2026-12-01T20:00:00.000Z');
    expect(accepted({}).quoteExpiresAt).toBeNull();
  });
});

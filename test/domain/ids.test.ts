import { describe, expect, it } from 'vitest';
import { idForm, isOrderId, isPaymentId, isUuid, modes, publicId, uuidOf, type IdKind } from '../../src/domain/ids.js';

const uuid = '0b0c5f7e-5d0e-4f0a-9c39-1de2a3b4c5d6';

describe('an order id', () => {
  it('is ord_ and twelve hex digits', () => {
    expect(isOrderId('ord_0123456789ab')).toBe(true);
  });

  it.each([
    '',
    'ord_',
    'ord_0123456789a',
    'ord_0123456789abc',
    'ord_0123456789AB',
    'ORD_0123456789ab',
    'ord_0123456789ag',
  ])('is not %j', (text) => expect(isOrderId(text)).toBe(false));

  it.each([' ord_0123456789ab', 'ord_0123456789ab\n', "ord_0123456789ab'--", 'x ord_0123456789ab'])(
    'has nothing around it: %j',
    (text) => expect(isOrderId(text)).toBe(false),
  );
});

describe("the provider's payment id", () => {
  it.each(['1', '5745459419', '5333977169123456789', '9'.repeat(32)])('is digits: %s', (text) => {
    expect(isPaymentId(text)).toBe(true);
  });

  it.each(['', '0', '05', '5.0', '5e9', '-5', '+5', ' 5', '5\n', '9'.repeat(33), '５', '5745459419.0', 'abc'])(
    'is not %j',
    (text) => expect(isPaymentId(text)).toBe(false),
  );
});

describe('a uuid', () => {
  it('is lower case with four dashes', () => {
    expect(isUuid(uuid)).toBe(true);
    expect(isUuid(uuid.toUpperCase())).toBe(false);
    expect(isUuid(uuid.replaceAll('-', ''))).toBe(false);
    expect(isUuid(`{${uuid}}`)).toBe(false);
  });
});

describe('a public id', () => {
  it.each([
    ['account', 'acc_'],
    ['endpoint', 'whk_'],
    ['delivery', 'wdl_'],
    ['case', 'case_'],
    ['run', 'run_'],
    ['key', 'key_'],
  ] as const)('of kind %s begins with %s', (kind, prefix) => {
    expect(publicId(kind, uuid)).toBe(prefix + uuid);
    expect(uuidOf(kind, prefix + uuid)).toBe(uuid);
    expect(idForm(kind)).toBe(`${prefix}<uuid>`);
  });

  it('is read in any case of letters after its prefix', () => {
    expect(uuidOf('endpoint', `whk_${uuid.toUpperCase()}`)).toBe(uuid);
  });

  it.each([
    ['endpoint', `wdl_${uuid}`],
    ['endpoint', uuid],
    ['endpoint', `WHK_${uuid}`],
    ['endpoint', 'whk_'],
    ['endpoint', 'whk_1'],
    ['endpoint', `whk_${uuid}0`],
    ['endpoint', ` whk_${uuid}`],
    ['account', ''],
  ] as [IdKind, string][])('of kind %s is not %j', (kind, id) => {
    expect(uuidOf(kind, id)).toBeNull();
  });
});

it('there are two modes', () => {
  expect([...modes]).toEqual(['live', 'test']);
});

import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifyIpn } from '../../src/gateway/ipn.js';

const secret = 'quittance-vector-secret';
const { vectors } = JSON.parse(readFileSync(new URL('../vectors/ipn-signatures.json', import.meta.url), 'utf8')) as {
  vectors: { name: string; body: string; A: string; B?: string }[];
};

const vector = (number: number) => {
  const found = vectors[number - 1];
  if (!found) throw new Error(`no vector ${number}`);
  return found;
};
const hmac = (text: string | Buffer, key = secret) => createHmac('sha512', key).update(text).digest('hex');
const verify = (body: string | Buffer, signature: string | undefined, secrets = [secret]) =>
  verifyIpn(Buffer.from(body), signature, secrets);
/** For bodies that are in canonical order already. */
const signed = (body: string | Buffer) => verify(body, hmac(body));
const verified = (body: string) => {
  const verdict = signed(body);
  if (verdict.kind !== 'verified') throw new Error(`not verified: ${JSON.stringify(verdict)}`);
  return verdict;
};

/** The sorter of the provider's documentation, as it stands there. */
const providersOwn = (body: string) => {
  const sortObject = (obj: Record<string, unknown>): object =>
    Object.keys(obj)
      .sort()
      .reduce<Record<string, unknown>>((result, key) => {
        const value = obj[key];
        result[key] = value && typeof value === 'object' ? sortObject(value as Record<string, unknown>) : value;
        return result;
      }, {});
  return JSON.stringify(sortObject(JSON.parse(body) as Record<string, unknown>));
};

describe('the published vectors', () => {
  it.each(vectors.map((each, at) => [at + 1, each.name] as const))('%i passes in form A: %s', (number) => {
    const { body, A } = vector(number);
    expect(verify(body, A)).toMatchObject({ kind: 'verified', form: 'A', secretIndex: 0 });
    expect(verify(body, A.toUpperCase())).toMatchObject({ kind: 'verified', form: 'A' });
  });

  it.each([4, 6])('%i passes in form B', (number) => {
    const { body, B } = vector(number);
    expect(verify(body, B)).toMatchObject({ kind: 'verified', form: 'B', secretIndex: 0 });
  });

  it('of a 19-digit id gives every digit', () => {
    const { body, A } = vector(5);
    expect(verify(body, A)).toMatchObject({ ipn: { paymentId: '5333977169123456789', actuallyPaid: '0' } });
  });

  it('of an id that is only numerically equal passes form B and is malformed', () => {
    const { body, A } = vector(1);
    for (const id of ['5745459419.0', '5.745459419e9']) {
      expect(verify(body.replace('5745459419', id), A)).toMatchObject({
        kind: 'malformed',
        reason: 'payment_id: not 1 to 32 digits',
      });
    }
  });

  it('of a changed amount fails', () => {
    const { body, A } = vector(1);
    expect(verify(body.replace('49.6', '49.61'), A)).toEqual({ kind: 'signature_invalid' });
  });
});

describe('the traps of signing', () => {
  it('a list of allowed keys, which empties nested objects, is not what we hash', () => {
    const { body } = vector(1);
    const object = JSON.parse(body) as Record<string, unknown>;
    const emptied = JSON.stringify(object, Object.keys(object).sort());
    expect(emptied).toBe('{"actually_paid":49.6,"fee":{},"payment_id":5745459419,"payment_status":"finished"}');
    expect(verify(body, hmac(emptied))).toEqual({ kind: 'signature_invalid' });
  });

  it('arrays may be signed as arrays, or as the provider’s documented sorter makes them, as objects', () => {
    const body = '{"list":[20,{"b":1.0,"a":2}],"payment_id":1,"payment_status":"waiting"}';
    const asList = '{"list":[20,{"a":2,"b":1.0}],"payment_id":1,"payment_status":"waiting"}';
    const asObject = '{"list":{"0":20,"1":{"a":2,"b":1.0}},"payment_id":1,"payment_status":"waiting"}';
    expect(verify(body, hmac(asList))).toMatchObject({ kind: 'verified', form: 'A' });
    expect(verify(body, hmac(asObject))).toMatchObject({ kind: 'verified', form: 'A' });
    expect(verify(body, hmac(asObject.replace('1.0', '1')))).toMatchObject({ kind: 'verified', form: 'B' });
    expect(verify(body, hmac(asObject.replace('20', '21')))).toEqual({ kind: 'signature_invalid' });
  });

  it('an array of twelve is signed as its sorter prints it, by number', () => {
    const ids = Array.from({ length: 12 }, (_, at) => at);
    const body = `{"payment_extra_ids":[${ids.join(',')}],"payment_id":1,"payment_status":"waiting"}`;
    expect(verify(body, hmac(providersOwn(body)))).toMatchObject({ kind: 'verified', form: 'A' });
  });

  it('__proto__ is signed like any other key, and changes nothing', () => {
    const sent = '{"payment_id":1,"payment_status":"waiting","__proto__":{"order_id":"ord_0123456789ab"}}';
    const sorted = '{"__proto__":{"order_id":"ord_0123456789ab"},"payment_id":1,"payment_status":"waiting"}';
    expect(verify(sent, hmac(sorted))).toMatchObject({ kind: 'verified', form: 'A', ipn: { orderId: null } });
    const without = '{"payment_id":1,"payment_status":"waiting"}';
    expect(verify(sent, hmac(without))).toEqual({ kind: 'signature_invalid' });
    expect(({} as Record<string, unknown>)['order_id']).toBeUndefined();
  });

  it('a number that JSON.parse respells passes as sent', () => {
    const body = '{"actually_paid":100.0,"pay_amount":0.0000001,"payment_id":1,"payment_status":"waiting"}';
    expect(verified(body)).toMatchObject({ form: 'A', ipn: { actuallyPaid: '100.0', payAmount: '0.0000001' } });
  });

  it('duplicate keys are malformed when signed, also equal ones, also spelled differently', () => {
    for (const body of [
      '{"payment_id":1,"payment_id":1,"payment_status":"waiting"}',
      '{"payment_id":1,"payment_id":2,"payment_status":"waiting"}',
      '{"payment_id":1,"payment_status":"waiting","payment_st\\u0061tus":"finished"}',
    ]) {
      expect(signed(body)).toMatchObject({ kind: 'malformed', reason: 'duplicate keys' });
      expect(verify(body, '0'.repeat(128))).toEqual({ kind: 'signature_invalid' });
    }
  });

  it('duplicate keys signed by a sender whose parser kept the last are malformed too', () => {
    const body = '{"payment_id":1,"payment_id":2,"payment_status":"waiting"}';
    expect(verify(body, hmac('{"payment_id":2,"payment_status":"waiting"}'))).toMatchObject({ kind: 'malformed' });
  });

  it('five thousand levels are malformed when signed, and overflow nothing', () => {
    const body = `{"payment_id":1,"payment_status":"waiting","x":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect(signed(body)).toMatchObject({ kind: 'malformed', reason: 'nested too deep' });
    expect(verify(body, '0'.repeat(128))).toEqual({ kind: 'signature_invalid' });
  });

  it('more values than any notification has are malformed when signed, and are not sorted', () => {
    const body = `{"payment_id":1,"payment_status":"waiting","x":[${Array.from({ length: 4000 }, () => '0').join(',')}]}`;
    expect(signed(body)).toMatchObject({ kind: 'malformed', reason: 'too many values' });
    expect(verify(body, '0'.repeat(128))).toEqual({ kind: 'signature_invalid' });
  });

  it('a signature of another length or of other characters is wrong, without an exception', () => {
    const { body, A } = vector(1);
    for (const odd of [
      '0'.repeat(128),
      A.slice(1),
      `${A}0`,
      `${A.slice(2)}zz`,
      'zz',
      `${A}, ${A}`,
      ` ${A}`,
      `0x${A.slice(2)}`,
      A.slice(0, 64),
    ]) {
      expect(verify(body, odd)).toEqual({ kind: 'signature_invalid' });
    }
  });

  it('one flipped bit is wrong', () => {
    const { body, A } = vector(1);
    const flipped = (Number.parseInt(A.slice(-1), 16) ^ 1).toString(16);
    expect(verify(body, A.slice(0, -1) + flipped)).toEqual({ kind: 'signature_invalid' });
  });

  it('an empty secret accepts nothing, and neither does none', () => {
    const { body } = vector(1);
    const sorted =
      '{"actually_paid":49.6,"fee":{"currency":"trx","depositFee":1.5,"withdrawalFee":0},"payment_id":5745459419,"payment_status":"finished"}';
    expect(verify(body, hmac(sorted), [secret])).toMatchObject({ kind: 'verified' });
    expect(verify(body, hmac(sorted, ''), ['', secret])).toEqual({ kind: 'signature_invalid' });
    expect(verify(body, hmac(sorted, 'undefined'), [secret])).toEqual({ kind: 'signature_invalid' });
    expect(verify(body, hmac(sorted), [])).toEqual({ kind: 'signature_invalid' });
  });
});

describe('the order of checks', () => {
  it('asks for a signature before it looks at the body', () => {
    expect(verify('', undefined)).toEqual({ kind: 'signature_missing' });
    expect(verify('{}', '')).toEqual({ kind: 'signature_missing' });
  });

  it('calls an empty body empty, however it is signed', () => {
    expect(signed('')).toEqual({ kind: 'empty' });
    expect(verify('', 'rubbish')).toEqual({ kind: 'empty' });
  });

  it.each([
    ['blanks', '  '],
    ['an array', '[1]'],
    ['a number', '1'],
    ['HTML', '<html></html>'],
    ['a cut object', '{"payment_id":1'],
    ['a byte order mark', '\uFEFF{"payment_id":1,"payment_status":"waiting"}'],
    ['bytes that are no UTF-8', Buffer.from('{"payment_id":1,"payment_status":"\xff"}', 'latin1')],
  ])('calls %s malformed when the raw bytes are signed, else refuses the signature', (_name, body) => {
    expect(signed(body)).toMatchObject({ kind: 'malformed', reason: 'not a JSON object' });
    expect(verify(body, hmac('another body'))).toEqual({ kind: 'signature_invalid' });
  });

  it('does not take the raw bytes of a JSON object', () => {
    const body = '{"payment_status":"waiting", "payment_id":1}';
    expect(verify(body, hmac(body))).toEqual({ kind: 'signature_invalid' });
  });

  it('files a payout as other', () => {
    expect(signed('{"batch_withdrawal_id":"1","id":"9","status":"FINISHED"}')).toMatchObject({ kind: 'other' });
    expect(signed('{"id":"9","payment_id":1,"status":"FINISHED"}')).toMatchObject({ kind: 'malformed' });
    expect(signed('{"id":"9","payment_status":"waiting","status":"FINISHED"}')).toMatchObject({ kind: 'malformed' });
    expect(signed('{"id":"9"}')).toMatchObject({ kind: 'malformed' });
  });

  it('names one quarantine row per signature', () => {
    const { body, A } = vector(1);
    const broken = body.replace('5745459419', '5745459419.0');
    expect(verify(broken, A)).toEqual(verify(broken, A.toUpperCase()));
    const signatureHash = createHash('sha256').update(A).digest('hex'); // rows of older releases are found again
    expect(verify(broken, A)).toMatchObject({ signatureHash });
  });

  it('takes the current and the previous secret, and no third', () => {
    const { body, A } = vector(1);
    expect(verify(body, A, ['new secret', secret])).toMatchObject({ kind: 'verified', secretIndex: 1 });
    expect(verify(body, A, [secret, 'old secret'])).toMatchObject({ kind: 'verified', secretIndex: 0 });
    expect(verify(body, A, ['new secret', 'old secret'])).toEqual({ kind: 'signature_invalid' });
  });
});

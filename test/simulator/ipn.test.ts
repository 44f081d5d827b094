import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { eventually } from '../support/eventually.js';
import { OTHER_KEY, OTHER_SECRET, SECRET, openStage, type ReceivedIpn, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ ipn: { retries: 2, intervalMs: 60_000, timeoutMs: 3_000 } });
});
afterEach(() => stage.close());

/** Our own few lines: sorted members, numbers as sent. */
function expectedSignature(body: string, secret = SECRET): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort()
        .map(([key, member]) => [key, sorted(member)]),
    );
  };
  return createHmac('sha512', secret)
    .update(stringify(sorted(parse(body))) ?? '')
    .digest('hex');
}

const statusesOf = (ipns: ReceivedIpn[]) => ipns.map((ipn) => JSON.parse(ipn.body).payment_status);
const receive = (count: number) => eventually(() => expect(stage.received).toHaveLength(count));

describe('a genuine IPN', () => {
  it('comes once per status, in order, signed over sorted keys', async () => {
    await stage.mint();
    await stage.control('POST', '/pay', { order_id: 'ord_1' });
    await receive(4);
    expect(statusesOf(stage.received)).toEqual(['confirming', 'confirmed', 'sending', 'finished']);
    for (const { headers, body } of stage.received) {
      expect(headers['x-nowpayments-sig']).toBe(expectedSignature(body));
      expect(headers['content-type']).toBe('application/json');
    }
    expect((await stage.ledger('ipn_attempt')).every((it) => it.acknowledged && it.http_status === 200)).toBe(true);
  });

  it('has a numeric id, epoch milliseconds, a fee and no creation date', async () => {
    const made = await stage.mint();
    await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['finished'] });
    await receive(1);
    const { body } = stage.received[0]!;
    expect(body).toContain(`"payment_id":${made.payment_id},`);
    expect(body).toMatch(/"updated_at":\d{13}}$/);
    expect(JSON.parse(body)).toMatchObject({
      payment_status: 'finished',
      order_id: 'ord_1',
      price_amount: 49,
      pay_amount: 49.024513,
      actually_paid: 49.024513,
      actually_paid_at_fiat: 0,
      parent_payment_id: null,
      fee: { currency: 'usdttrc20', depositFee: 0, withdrawalFee: 0, serviceFee: 0 },
    });
    expect(JSON.parse(body)).not.toHaveProperty('created_at');
  });

  it('is signed with the secret of the account that made the payment', async () => {
    await stage.mint({}, OTHER_KEY);
    await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['confirming'] });
    await receive(1);
    const { headers, body } = stage.received[0]!;
    expect(headers['x-nowpayments-sig']).toBe(expectedSignature(body, OTHER_SECRET));
  });

  it.each([
    ['js', '"actually_paid":1e-7,'],
    ['exponent', '"actually_paid":1e-7,'],
    ['padded', '"actually_paid":0.00000010,'],
    ['plain', '"actually_paid":0.0000001,'],
  ])('spells numbers as the setting %s says', async (spelling, expected) => {
    await stage.control('PUT', '/settings', { number_text: spelling });
    await stage.mint({ pay_currency: 'xlm' });
    await stage.control('POST', '/pay', { order_id: 'ord_1', amount: '0.0000001', then: ['confirming'] });
    await receive(1);
    expect(stage.received[0]!.body).toContain(expected);
    expect(stage.received[0]!.headers['x-nowpayments-sig']).toBe(expectedSignature(stage.received[0]!.body));
  });

  it('says waiting on create when the account is set so', async () => {
    await stage.control('PUT', '/settings', { ipn: { on_create: true } });
    await stage.mint();
    await receive(1);
    expect(statusesOf(stage.received)).toEqual(['waiting']);
  });
});

describe('sending', () => {
  it('repeats the same bytes until it has asked as often as the dashboard says, then gives up', async () => {
    stage.receiverAnswers(503);
    await stage.mint();
    await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['confirming'] });
    await receive(1);
    await stage.control('POST', '/clock', { advance: '61 seconds' });
    expect(stage.received).toHaveLength(2);
    await stage.control('POST', '/clock', { advance: '1 hour' });
    expect(stage.received).toHaveLength(3);
    expect(new Set(stage.received.map((it) => it.body + String(it.headers['x-nowpayments-sig']))).size).toBe(1);
    const attempts = await stage.ledger('ipn_attempt');
    expect(attempts.map((it) => [it.n, it.http_status, it.acknowledged])).toEqual([
      [1, 503, false],
      [2, 503, false],
      [3, 503, false],
    ]);
  });

  it('stops at the first acknowledgement', async () => {
    stage.receiverAnswers(500);
    await stage.mint();
    await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['confirming'] });
    await receive(1);
    stage.receiverAnswers(204);
    await stage.control('POST', '/clock', { advance: '1 day' });
    expect(stage.received).toHaveLength(2);
  });

  it('sends copies in parallel, late, or not at all', async () => {
    await stage.mint();
    await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['confirming'], ipn: { duplicate: 7 } });
    await receive(7);
    expect(await stage.ledger('ipn')).toHaveLength(1);
    await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['confirming'], ipn: { delay: 60_000 } });
    await stage.control('POST', '/clock', { advance: '59 seconds' });
    expect(stage.received).toHaveLength(7);
    await stage.control('POST', '/clock', { advance: '2 seconds' });
    expect(stage.received).toHaveLength(8);
    await stage.control('POST', '/pay', { order_id: 'ord_1', ipn: 'drop' });
    await stage.control('POST', '/clock', { advance: '1 day' });
    expect(stage.received).toHaveLength(8);
  });

  it('never leaves this machine', async () => {
    await stage.mint({ ipn_callback_url: 'https://merchant.example/ipn' });
    await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['confirming'] });
    const attempt = await eventually(async () => {
      const [first] = await stage.ledger('ipn_attempt');
      expect(first).toBeDefined();
      return first;
    });
    expect(attempt).toMatchObject({ http_status: null, error: 'target_not_loopback', acknowledged: false });
  });
});

describe('a forged IPN', () => {
  it.each(['wrong_secret', 'no_signature', 'sha256', 'bit_flip', 'other_order'])(
    '%s takes the place of the genuine one and does not verify',
    async (forge) => {
      await stage.mint();
      await stage.control('POST', '/pay', { order_id: 'ord_1', then: ['finished'], ipn: { forge } });
      await receive(1);
      const { headers, body } = stage.received[0]!;
      const signature = headers['x-nowpayments-sig'];
      expect(signature).not.toBe(expectedSignature(body));
      expect(typeof signature === 'string' ? signature.length : null).toBe(
        { wrong_secret: 128, no_signature: null, sha256: 64, bit_flip: 128, other_order: 128 }[forge],
      );
      expect(JSON.parse(body).payment_status).toBe('finished');
      expect(await stage.ledger('ipn')).toMatchObject([{ genuine: false }]);
      expect((await stage.provider('GET', '/payment/' + JSON.parse(body).payment_id)).json.payment_status).toBe(
        'finished',
      );
    },
  );
});

describe('the vectors', () => {
  const nested =
    '{"payment_id":5745459419,"payment_status":"finished","actually_paid":49.6,"fee":{"withdrawalFee":0,"currency":"trx","depositFee":1.5}}';
  const nestedHex =
    '654716e3a39ada3b3a692e3a47a346719f26683917eaa5476bc6ccd22f3512c5320c19f194060a668c0da790b84c0b13f65df8b865dec0f88b8816116ff683e1';
  const spelled =
    '{"payment_id":5745459423,"payment_status":"confirming","actually_paid":0.0000001,"pay_amount":100.50,"price_amount":1e2,"order_description":"caf\\u00e9 \\/ 1"}';
  const integerKeys = '{"payment_status":"waiting","payment_id":5745459424,"fee":{"9":1,"10":2}}';

  it.each([
    ['1 nested fee object', 'A', nested, nestedHex],
    [
      '2 keys shuffled at both depths',
      'A',
      '{"fee":{"depositFee":1.5,"withdrawalFee":0,"currency":"trx"},"actually_paid":49.6,"payment_status":"finished","payment_id":5745459419}',
      nestedHex,
    ],
    [
      '3 objects inside an array',
      'A',
      '{"payment_status":"finished","payment_id":"5745459420","list":[{"b":1,"a":2},{"z":[],"c":{"e":1,"d":2}}]}',
      '14352bdb05c5491eac69133fe654af2e00b4f8fb3bfc9cb5857f06a57ce0a36c609d223f0f345f401f5d430bc08bbe977cfe152d8d474b7b219982be7faa4df6',
    ],
    [
      '4 number and escape text',
      'A',
      spelled,
      '9d44f7310ddffbe1bd557029a510b77fa6d86353bc8bd78bd7f7f4a3a68fe2c32286542d99ad20e5cf573d4750a5a51d352b241e44ae2bfa36fa86ea006aadfc',
    ],
    [
      '4 number and escape text',
      'B',
      spelled,
      '478c7071d48d68011d61b70aa465f97b637742a8d5e2b2c3e4858a64537833a0e194095c857729a2c7ae8d1d307a8aa207dc91e65fc867cf041fb665ecc96a69',
    ],
    [
      '5 19-digit id',
      'A',
      '{"payment_status":"waiting","payment_id":5333977169123456789,"actually_paid":0}',
      '4c556881906a2ede253bb47a18d40c97d5bfb284f915faea3df631eb3acf745867a6e9455ccf30a2bf5e782962d3f53a7a9f2f7ec66faff1c3cd3b98fb276873',
    ],
    [
      '6 integer-like keys',
      'A',
      integerKeys,
      '19b114febf79a013677d7635a6e9c4c500c38cc592cb8f945d6800a890ff7a10d15c6822a6e7a9d22483ace17afb294255b7d2f3632c587f299cf2bc17b1dc08',
    ],
    [
      '6 integer-like keys',
      'B',
      integerKeys,
      'b3216f8e348e74e1d7bcf09a2ea98aaef6eb56e8c90782cee17587941148ecec880c5027e4bba2406de28dfb784417ed9ffb22dc8c0008ae468e860c3357cee8',
    ],
  ])('%s is signed in form %s as written, and sent byte for byte', async (_name, sign, body, hex) => {
    const answer = await stage.control('POST', '/ipn', { url: stage.ipnUrl, body, sign });
    expect(answer.json).toMatchObject({ signature: hex, http_status: 200, acknowledged: true });
    expect(stage.received[0]).toMatchObject({ body, headers: { 'x-nowpayments-sig': hex } });
  });

  it('a body that is no JSON can be signed as its bytes or not at all', async () => {
    const send = (sign: string) => stage.control('POST', '/ipn', { url: stage.ipnUrl, body: '{"a":', sign });
    expect((await send('A')).status).toBe(400);
    expect((await send('C')).json.signature).toBe(createHmac('sha512', SECRET).update('{"a":').digest('hex'));
    expect((await send('none')).json.signature).toBeNull();
    expect(stage.received.map((it) => it.headers['x-nowpayments-sig']?.length)).toEqual([128, undefined]);
  });
});

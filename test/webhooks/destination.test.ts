import { describe, expect, it } from 'vitest';
import {
  checkAddress,
  checkUrl,
  refusalOfTarget,
  resolveTarget,
  targetRules,
  type TargetRules,
} from '../../src/webhooks/destination.js';
import { badUrls, goodUrls } from './bad-targets.js';

const rules: TargetRules = { allowTargets: [], ownHosts: ['api.quittance.dev'] };
const refused = { kind: 'refused', reason: 'must lead to a public host that can be reached' };

describe('a webhook URL', () => {
  it.each(badUrls)('%j is refused: %s', (url, reason) => {
    expect(checkUrl(url, rules)).toEqual({ kind: 'refused', reason });
  });

  it.each(goodUrls)('%s may be called', (url) => {
    expect(checkUrl(url, rules)).toEqual({ kind: 'ok', url: new URL(url) });
  });

  it('is never quoted in a refusal', () => {
    const reasons = new Set(badUrls.map(([, reason]) => reason));
    expect(reasons.size).toBe(5);
    expect(JSON.stringify(checkUrl('https://user:hunter2@merchant.com/', rules))).not.toContain('hunter2');
  });
});

describe('the allow-list', () => {
  const development: TargetRules = {
    allowTargets: ['127.0.0.1:9000', 'Receiver.Test:9443', '[::1]:9000'],
    ownHosts: ['127.0.0.1'],
  };

  it.each([
    'http://127.0.0.1:9000/hook',
    'https://receiver.test:9443/',
    'http://[::1]:9000/',
    'http://2130706433:9000/',
  ])('admits %s', (url) => expect(checkUrl(url, development).kind).toBe('ok'));

  it.each([
    'http://127.0.0.1:9001/',
    'http://127.0.0.2:9000/',
    'https://127.0.0.1/',
    'ftp://127.0.0.1:9000/',
    'http://user:pw@127.0.0.1:9000/',
    'http://localhost:9000/',
  ])('does not admit %s', (url) => expect(checkUrl(url, development).kind).toBe('refused'));

  it('may name the ports that a URL leaves out, of each scheme its own', () => {
    const kinds = (target: string) => {
      const allowed = { allowTargets: [target], ownHosts: [] };
      return ['http://127.0.0.1/', 'https://127.0.0.1/'].map((url) => checkUrl(url, allowed).kind);
    };
    expect(kinds('127.0.0.1:80')).toEqual(['ok', 'refused']);
    expect(kinds('127.0.0.1:443')).toEqual(['refused', 'ok']);
  });
});

describe('our own hosts', () => {
  it.each(['pay.example.com', 'PAY.example.com:443', 'other.example.com'])('%s is one of several', (own) => {
    const several = { allowTargets: [], ownHosts: ['www.example.com', own] };
    expect(checkUrl(`https://${own.replace(':443', '')}/hook`, several)).toEqual(refused);
    expect(checkUrl('https://merchant.com/hook', several).kind).toBe('ok');
  });

  it('are those of the public URL', () => {
    const config = { webhookAllowTargets: ['127.0.0.1:9000'], publicUrl: 'https://pay.example.com:8443/base' };
    expect(targetRules(config)).toEqual({ allowTargets: ['127.0.0.1:9000'], ownHosts: ['pay.example.com'] });
  });
});

describe('the refusal of a target', () => {
  const answering = (addresses: string[]) => () => Promise.resolve(addresses);

  it.each([
    ['a public name', 'https://merchant.com/', ['8.8.8.8'], null],
    ['a name with a private address', 'https://merchant.com/', ['10.0.0.1'], refused.reason],
    ['a name with none', 'https://merchant.com/', [], refused.reason],
    ['another scheme', 'http://merchant.com/', ['8.8.8.8'], 'must use https'],
  ])('of %s', async (_what, url, addresses, reason) => {
    expect(await refusalOfTarget(url, rules, answering(addresses))).toBe(reason);
  });
});

describe('an address from DNS', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:82a::200e'])('%s is public', (address) => {
    expect(checkAddress(address)).toEqual({ kind: 'ok' });
  });

  it.each(['127.0.0.1', '10.1.2.3', '::1', '::ffff:8.8.8.8', 'fe80::1%eth0', '64:ff9b::808:808', 'no address', ''])(
    '%j is not',
    (address) => expect(checkAddress(address)).toEqual(refused),
  );
});

describe('resolving a target', () => {
  const url = new URL('https://merchant.com/hook');
  const answering = (addresses: string[]) => () => Promise.resolve(addresses);

  it('gives all addresses of a public name', async () => {
    expect(await resolveTarget(url, rules, answering(['8.8.8.8', '2606:4700:4700::1111']))).toEqual({
      kind: 'ok',
      addresses: ['8.8.8.8', '2606:4700:4700::1111'],
    });
  });

  it.each([
    ['private', ['10.0.0.5']],
    ['metadata', ['169.254.169.254']],
    ['IPv4-mapped', ['::ffff:10.0.0.5']],
    ['public and private', ['8.8.8.8', '192.168.0.1']],
    ['public and loopback, over two families', ['8.8.8.8', '::1']],
    ['no', []],
  ])('refuses a name with %s addresses', async (_, addresses) => {
    expect(await resolveTarget(url, rules, answering(addresses))).toEqual(refused);
  });

  it('refuses an unknown name with the text for a private one', async () => {
    const failing = () => Promise.reject(new Error('queryA ENOTFOUND merchant.com'));
    expect(await resolveTarget(url, rules, failing)).toEqual(refused);
  });

  it('refuses an allow-listed name that cannot be resolved', async () => {
    const failing = () => Promise.reject(new Error('queryA ENOTFOUND receiver.test'));
    const development = { allowTargets: ['receiver.test:443'], ownHosts: [] };
    expect(await resolveTarget(new URL('https://receiver.test/'), development, failing)).toEqual(refused);
  });

  it('judges the text again, and asks no name server for what it refuses or already knows', async () => {
    const asked: string[] = [];
    const listening = (hostname: string) => {
      asked.push(hostname);
      return Promise.resolve(['8.8.8.8']);
    };
    expect(await resolveTarget(new URL('https://printer.local/'), rules, listening)).toEqual(refused);
    expect(await resolveTarget(new URL('https://[::1]/'), rules, listening)).toEqual(refused);
    expect(await resolveTarget(new URL('https://8.8.8.8/'), rules, listening)).toEqual({
      kind: 'ok',
      addresses: ['8.8.8.8'],
    });
    expect(asked).toEqual([]);
  });

  it('lets an allow-listed name lead to loopback, by the hosts file too', async () => {
    const development = { allowTargets: ['localhost:9000'], ownHosts: [] };
    const verdict = await resolveTarget(new URL('http://localhost:9000/'), development);
    expect(verdict).toMatchObject({ kind: 'ok', addresses: expect.arrayContaining(['127.0.0.1']) });
  });
});

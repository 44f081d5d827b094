import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { dnsLookup } from '../../src/webhooks/lookup.js';

const servers: Socket[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const kinds = { 1: 'A', 28: 'AAAA' } as Record<number, 'A' | 'AAAA'>;
type Records = { A?: Buffer[]; AAAA?: Buffer[] };

/** A name server on loopback with one name; silent about the kinds it was not given. */
async function nameServer(records: Records): Promise<Resolver> {
  const server = createSocket('udp4');
  servers.push(server);
  server.on('message', (question, { port, address }) => {
    const end = question.indexOf(0, 12) + 5; // header, name, type, class
    const kind = kinds[question.readUInt16BE(end - 4)];
    const found = kind && records[kind];
    if (!found) return;
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2); // an answer, no error
    header.writeUInt16BE(found.length, 6);
    header.writeUInt32BE(0, 8); // no authority, no additional records
    const answers = found.map((data) => {
      const fixed = Buffer.from('c00c000000010000000a0000', 'hex'); // the question's name, class IN, 10 s
      fixed.writeUInt16BE(kind === 'A' ? 1 : 28, 2);
      fixed.writeUInt16BE(data.length, 10);
      return Buffer.concat([fixed, data]);
    });
    server.send(Buffer.concat([header, question.subarray(12, end), ...answers]), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  return resolver;
}

const public4 = Buffer.from([8, 8, 8, 8]);
const private4 = Buffer.from([10, 0, 0, 1]);
const loopback6 = Buffer.from('00000000000000000000000000000001', 'hex');

describe('asking DNS', () => {
  it('finds all addresses of both families', async () => {
    const resolver = await nameServer({ A: [public4, private4], AAAA: [loopback6] });
    const addresses = await dnsLookup(resolver)('merchant.com');
    expect([...addresses].sort()).toEqual(['10.0.0.1', '8.8.8.8', '::1']);
  });

  it('is content with one family', async () => {
    expect(await dnsLookup(await nameServer({ A: [public4], AAAA: [] }))('merchant.com')).toEqual(['8.8.8.8']);
    expect(await dnsLookup(await nameServer({ A: [public4] }))('merchant.com')).toEqual(['8.8.8.8']);
  });

  it('finds nothing where no name server answers, and says so in time', async () => {
    const started = performance.now();
    expect(await dnsLookup(await nameServer({}))('merchant.com')).toEqual([]);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startWaitsForTemporal, isWorldsFault } from '../../src/outage.js';
import { eventually } from '../support/eventually.js';

const program = fileURLToPath(new URL('./failing-program.ts', import.meta.url));

const coded = (code: unknown, message = 'x', more: object = {}) => Object.assign(new Error(message), { code, ...more });
const grpc = (code: number) => coded(code, 'x', { details: '', metadata: {} });

describe("the world's fault", () => {
  it.each([
    coded('57P01'),
    coded('57P03'),
    coded('08006'),
    coded('53300'),
    coded('ECONNREFUSED'),
    coded('EPIPE'),
    coded('UND_ERR_SOCKET'),
    new Error('Connection terminated unexpectedly'),
    new Error('Client was closed and is not queryable'),
    grpc(14),
    grpc(4),
    Object.assign(new Error('x'), { name: 'TransportError' }),
  ])('is %o', (failure) => {
    expect(isWorldsFault(failure)).toBe(true);
    expect(startWaitsForTemporal(failure)).toBe(true);
  });

  it.each([
    coded('28P01'), // a wrong password
    coded('3D000'), // an unknown database
    coded('42P01'),
    coded('23505'),
    grpc(16), // not authenticated
    grpc(7), // not permitted
    new TypeError('nothing is not a function'),
    'text',
    null,
  ])('is not %o', (failure) => {
    expect(isWorldsFault(failure)).toBe(false);
    expect(startWaitsForTemporal(failure)).toBe(false);
  });

  it('is a namespace that is not there yet, at a start only', () => {
    expect([startWaitsForTemporal(grpc(5)), isWorldsFault(grpc(5))]).toEqual([true, false]);
  });
});

describe('a failure that nobody caught', () => {
  it('ends the process when it is a bug, and not when it is an outage', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = once(child, 'exit');
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(() => expect(said.match(/going on/g)).toHaveLength(2));
    child.stdin.write('x');
    expect((await gone)[0]).toBe(1);
    expect(said).toContain('a bug: this process ends');
  });
});

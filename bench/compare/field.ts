import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { freePort } from '../../scripts/dev/ports.js';
import { startBareOrders } from '../floor/bare-orders.js';
import type { FullStack } from '../full-stack.js';
import { createOrders, raiseLimits, type Orders } from '../orders.js';
import type { Contender } from './contender.js';
import { floorOf } from './floor.js';
import { rivalNames, startRival, type OpenRival } from './rivals.js';
import type { Arena, Idle } from './rounds.js';
import { countsOf } from './usage.js';

export const rivalKey = 'sim-rivals';

/** Everybody who takes part, running. */
export interface Field {
  readonly stack: FullStack;
  readonly client: Client;
  readonly pool: pg.Pool;
  readonly ours: Orders;
  readonly rivals: readonly OpenRival[];
  floors(signals: number): readonly Contender[];
  close(): Promise<void>;
}

export async function openField(stack: FullStack): Promise<Field> {
  const { devFile } = stack;
  const connection = await Connection.connect({ address: devFile.temporal_address });
  const client = new Client({ connection });
  const pool = new pg.Pool({ connectionString: devFile.database_url, max: 4 });
  pool.on('error', () => undefined);
  await raiseLimits(pool);
  const receiverPort = await freePort();
  await stack.run('rival-receiver', 'bench/slow-receiver.ts', [String(receiverPort)]);
  const servers = {
    databaseUrl: devFile.database_url,
    temporalAddress: devFile.temporal_address,
    temporalNamespace: 'default',
    simulatorUrl: devFile.simulator_url!,
    providerKey: rivalKey,
    ipnSecret: devFile.ipn_secret,
    receiverUrl: `http://127.0.0.1:${receiverPort}/0`,
    run: stack.run,
  };
  const rivals: OpenRival[] = [];
  for (const name of rivalNames) rivals.push(await startRival(name, servers));
  const bare = await startBareOrders(stack, client);
  const ours = createOrders(devFile, pool);
  return {
    stack,
    client,
    pool,
    ours,
    rivals,
    floors: (signals) => (['normal', 'local'] as const).map((steps) => floorOf(bare, { steps, signals })),
    close: async () => {
      await ours.close();
      for (const rival of rivals) await rival.close();
      await pool.end();
      await connection.close();
    },
  };
}

/** What everybody's programs do with their databases while nothing happens. */
export async function lookAtIdle(
  { client, ours, rivals }: Field,
  idleMs: number,
  say: (line: string) => void,
): Promise<Arena> {
  const contenders = [ours, ...rivals];
  await pause(idleMs / 2); // the start is over
  const before = await Promise.all(contenders.map(countsOf));
  await pause(idleMs);
  const after = await Promise.all(contenders.map(countsOf));
  const idle = new Map<string, Idle>();
  for (const [index, { database }] of contenders.entries()) {
    const first = before[index]!;
    const last = after[index]!;
    const each = (of: (idle: Idle) => number) => ((of(last) - of(first)) * 1000) / (last.at - first.at);
    idle.set(database!.name, {
      commits: each(({ commits }) => commits),
      statements: each(({ statements }) => statements),
    });
  }
  const own = idle.get(ours.database!.name)!;
  say(`when nothing happens, ours runs ${own.statements.toFixed(1)} statements a second`);
  return { client, idle, say };
}

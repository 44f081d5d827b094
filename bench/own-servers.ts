import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcesses, type Processes } from '../scripts/dev/processes.js';

interface OwnServers {
  readonly home: string;
  readonly processes: Processes;
}

/** Starts a stack on servers of its own, in a directory of theirs: both go when it is closed, and when it does not start. */
export async function onOwnServers<Stack extends { close(): Promise<void> }>(
  start: (own: OwnServers) => Promise<Stack>,
): Promise<Stack> {
  const home = mkdtempSync(join(tmpdir(), 'quittance-bench-'));
  const processes = createProcesses({ logDir: join(home, 'logs') });
  const end = async () => {
    await processes.stopAll();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const stack = await start({ home, processes });
    return {
      ...stack,
      close: async () => {
        await stack.close();
        await end();
      },
    };
  } catch (failure) {
    await end();
    throw failure;
  }
}

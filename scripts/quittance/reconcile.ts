import { setTimeout as pause } from 'node:timers/promises';
import { type AdminApi, adminApi } from './admin-api.js';
import { Refusal, fieldLines, progressLines } from './answer.js';
import { command, withReason } from './command.js';

interface Run {
  readonly id: string;
  readonly outcome: 'finished' | 'failed' | null;
  readonly examined: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
}

const lookEveryMs = 1_000;
const longestMs = 15 * 60_000; // a run may read a page after the other for as long

export const reconcile = command({
  words: 'reconcile',
  about: 'Find what was missed and hand it to its orders, now; waits for the end of the run',
  options: (parser) =>
    withReason(parser)
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only look' })
      .option('lost-since', {
        type: 'string',
        describe: 'After a restore: the time of the backup (2026-11-29T08:00:00Z). Coins of lost orders become cases',
      })
      .option('wait', { type: 'boolean', default: true, describe: '--no-wait: only start it' }),
  run: async ({ dryRun, lostSince, wait, reason }) => {
    const api = adminApi();
    const body = { dry_run: dryRun, lost_since: lostSince, reason };
    const started = await api.call<{ run_id: string }>('POST', '/v1/admin/reconcile', body);
    if (!wait) return { lines: [`started: ${started.run_id}`], json: started };
    const run = await ended(api, started.run_id);
    const troubles = Object.values(run.failed).some((count) => count > 0);
    return { lines: fieldLines(run), json: run, needsPerson: run.outcome !== 'finished' || troubles };
  },
});

async function ended(api: AdminApi, id: string): Promise<Run> {
  const say = progressLines();
  for (const until = Date.now() + longestMs; Date.now() < until; await pause(lookEveryMs)) {
    const { runs } = await api.call<{ runs: Run[] }>('GET', '/v1/admin/reconcile-runs?limit=20');
    const run = runs.find((each) => each.id === id);
    if (run && run.outcome !== null) return run;
    say(() => `examined so far: ${JSON.stringify(run?.examined ?? {})}`);
  }
  throw new Refusal(
    `run ${id} has not ended in fifteen minutes; it goes on, and the list of runs will say how it ended`,
  );
}

import type { Argv } from 'yargs';
import { rollbackOf, whyNeeded, whyNotReady, type Rollout } from '../../../src/domain/releases/rollout.js';
import { progressLines, Refusal, type Answer } from '../answer.js';
import { command, group } from '../command.js';
import { rolloutAnswer } from './rollout-answer.js';
import { withReleases, type Releases } from './releases.js';

const byBuild = (parser: Argv) =>
  parser.positional('build', { type: 'string', demandOption: true, describe: 'Its WORKER_BUILD_ID' });

const status = command({
  words: 'status',
  about: 'Which release takes new orders, how many open orders each has, and whose workers may go',
  run: () => withReleases(shown),
});

const ramp = command({
  words: 'ramp <build> <percent>',
  about: 'Let so many of a hundred new orders begin on a release',
  options: (parser) => byBuild(parser).positional('percent', { type: 'string', demandOption: true }),
  run: ({ build, percent }) =>
    withReleases(async (releases) => {
      const share = Number(percent);
      if (!(share > 0 && share < 100)) throw new Refusal('percent is more than 0 and less than 100; for all: promote');
      refuseUnready(await releases.read(), build);
      await releases.ramp(build, share);
      return shown(releases);
    }),
});

const promote = command({
  words: 'promote <build>',
  about: 'Let all new orders begin on a release; open ones stay with the one that began them',
  options: byBuild,
  run: ({ build }) =>
    withReleases(async (releases) => {
      refuseUnready(await releases.read(), build);
      await releases.promote(build);
      return shown(releases);
    }),
});

const rollback = command({
  words: 'rollback',
  about: 'End a ramp, or let new orders begin on the release before the current one again',
  run: () =>
    withReleases(async (releases) => {
      const rollout = await releases.read();
      const back = rollbackOf(rollout);
      if (back === null) throw new Refusal('no ramp is under way, and no earlier release was ever current');
      if ('ramp' in back) await releases.ramp(null, 0);
      else {
        refuseUnready(rollout, back.promote);
        await releases.promote(back.promote);
      }
      return shown(releases);
    }),
});

const drained = command({
  words: 'drained <build>',
  about: 'Whether the workers of a release may go: exit status 0 if nobody needs them, 1 if somebody does',
  options: byBuild,
  run: ({ build }) =>
    withReleases(async (releases) => {
      const rollout = await releases.read();
      refuseUnknown(rollout, build);
      const why = whyNeeded(rollout, build, Date.now());
      const says = why === null ? `${build} is empty: its workers may go` : `${build} is needed: ${why}`;
      return { lines: [says], json: { build, drained: why === null, why }, needsPerson: why !== null };
    }),
});

const restart = command({
  words: 'restart <build>',
  about:
    'End the runs of the open orders that a release began; reconcile starts them on the current one, from their rows',
  options: (parser) =>
    byBuild(parser).option('reason', { type: 'string', demandOption: true, describe: 'Why, for their histories' }),
  run: ({ build, reason }) =>
    withReleases(async (releases) => {
      const rollout = await releases.read();
      refuseUnknown(rollout, build);
      const { current, ramping } = rollout;
      if (build === current || build === ramping) {
        throw new Refusal(`${build} takes new orders: first quittance release rollback, or promote another`);
      }
      const say = progressLines();
      const ended = await releases.endRunsOf(build, { reason, onEach: (count) => say(() => `${count} runs ended`) });
      const then = 'reconcile starts them on the current release within minutes; now: quittance reconcile';
      return { lines: [`${ended} runs ended; ${then}`], json: { build, ended } };
    }),
});

export const release = group('release', 'Releases of the workers: status, ramp, promote, rollback, drained, restart', [
  status,
  ramp,
  promote,
  rollback,
  drained,
  restart,
]);

async function shown(releases: Releases): Promise<Answer> {
  return rolloutAnswer(await releases.read(), Date.now());
}

function refuseUnknown({ releases }: Rollout, build: string): void {
  if (releases.some((each) => each.build === build)) return;
  throw new Refusal(`${build} is none of the releases: ${releases.map((each) => each.build).join(', ')}`);
}

function refuseUnready(rollout: Rollout, build: string): void {
  const why = whyNotReady(rollout, build);
  if (why !== null) throw new Refusal(`${build} cannot take orders: ${why}`);
}

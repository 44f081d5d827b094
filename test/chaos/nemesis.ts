import { setTimeout as pause } from 'node:timers/promises';
import { killPlan } from './goals/kill-plan.js';
import type { Tally } from './tally.js';
import type { Victim, VictimKind } from './victims.js';
import type { LinkName, World } from './world.js';

const longestAwayMs: Readonly<Record<VictimKind, number>> = {
  api: 2_000,
  worker: 3_000,
  temporal: 6_000,
  postgres: 3_000,
};
const freezeMs = 15_000; // past the ten seconds of a workflow task

export interface Mischief {
  readonly world: World;
  readonly tally: Tally;
  say(line: string): void;
}

/** Kills so many processes, one after the other, about so far apart, and starts each again. */
export async function killAll(
  { world, tally, say }: Mischief,
  { kills, everyMs }: { kills: number; everyMs: number },
): Promise<void> {
  const { chance } = world;
  for (const kind of chance.shuffled('kills', killPlan(kills))) {
    await pause(everyMs * (0.5 + chance.fraction('kill-wait')));
    const victim = chance.pick('victim', victimsOf(world, kind));
    await victim.kill();
    tally.fired(`kill ${kind}`);
    say(`killed ${victim.name}`);
    await pause(chance.between('away', 100, longestAwayMs[kind]));
    const begun = Date.now();
    await victim.start();
    say(`started ${victim.name} again in ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
  }
}

const victimsOf = (world: World, kind: VictimKind): Victim[] => world.victims.filter((victim) => victim.kind === kind);

const disturbances = { freeze: 2, cut: 4, 'cut front': 2, 'black hole': 2, slow: 2 };

/** Freezes processes and spoils links, one after the other, until it is told to stop. */
export async function disturb({ world, tally, say }: Mischief, isOver: () => boolean): Promise<void> {
  const { chance } = world;
  while (!isOver()) {
    await pause(chance.between('disturb-wait', 3_000, 8_000));
    if (isOver()) return;
    const kind = chance.weighted('disturbance', disturbances);
    if (kind === 'freeze') await freeze({ world, tally, say });
    else if (kind === 'cut front') await cutFront({ world, tally, say });
    else await spoilLink({ world, tally, say }, kind);
  }
}

async function freeze({ world, tally, say }: Mischief): Promise<void> {
  const kind = world.chance.pick('frozen-kind', ['api', 'worker'] as const);
  const victim = world.chance.pick('frozen', victimsOf(world, kind));
  if (!victim.isUp()) return;
  victim.freeze();
  tally.fired(`freeze ${kind}`);
  say(`stopped ${victim.name} for ${freezeMs / 1_000} s`);
  await pause(freezeMs);
  victim.thaw();
}

const cutPoints = [1, 100, 1_000] as const;

/** Answers to those who call us end in the middle: merchants and the provider's IPNs hear a failure. */
async function cutFront({ world, tally, say }: Mischief): Promise<void> {
  const bytes = world.chance.pick('cut-after', cutPoints);
  await during(world.front, tally, `cut front after ${bytes}`, () => world.front.cutAfter(bytes), 1_500);
  say(`cut what callers hear after ${bytes} bytes`);
}

async function spoilLink({ world, tally, say }: Mischief, kind: 'cut' | 'black hole' | 'slow'): Promise<void> {
  const name = world.chance.pick<LinkName>('link', ['database', 'temporal', 'provider']);
  const link = world.links[name];
  if (kind === 'black hole') {
    link.hold();
    tally.fired(`black hole ${name}`);
    await pause(world.chance.between('hole', 2_000, 8_000));
    link.mend();
  } else if (kind === 'slow') {
    const slow = () => link.toxic.slow({ waitMs: 200, bytesPerSecond: 100_000 });
    await during(link.toxic, tally, `slow ${name}`, slow, 6_000);
  } else {
    const bytes = world.chance.pick('cut-after', cutPoints);
    await during(link.toxic, tally, `cut ${name} after ${bytes}`, () => link.toxic.cutAfter(bytes), 2_000);
  }
  say(`${kind}: ${name}`);
}

/** Counts as often as it was felt: a toxic on a link that nobody uses meanwhile proves nothing. */
async function during(toxic: World['front'], tally: Tally, kind: string, begin: () => void, ms: number): Promise<void> {
  const before = toxic.hits();
  begin();
  await pause(ms);
  toxic.off();
  tally.fired(kind, toxic.hits() - before);
}

/** Nothing is spoilt any more, and everybody lives. */
export async function makePeace(world: World): Promise<void> {
  world.front.off();
  for (const link of Object.values(world.links)) {
    link.mend();
    link.toxic.off();
  }
  for (const victim of world.victims) {
    victim.thaw();
    await victim.start();
  }
}

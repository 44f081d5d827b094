import { sendIpnRound } from './ipn/ipn.js';
import { watchForExpiry } from './money/minting.js';
import { playScenario } from './money/scenarios.js';
import { endWatch, transferCoins, walkOn } from './money/transfers.js';
import type { SimulatorOptions } from './options.js';
import { createAccounts } from './world/accounts.js';
import { createAgenda } from './world/agenda.js';
import { createClock } from './world/clock.js';
import { createFaultBook } from './world/fault-book.js';
import { createIpnLog } from './world/ipn-log.js';
import { createIpnSender } from './world/ipn-sender.js';
import { openJournal } from './world/journal.js';
import type { JournalLine } from './world/journal-lines.js';
import { createLedger } from './world/ledger.js';
import { createPaymentBook } from './world/payments.js';
import { createSettingsBook } from './world/settings-book.js';
import type { ScheduledTask, Task } from './world/tasks.js';
import type { World } from './world/world.js';

const DEFAULT_LATE_AFTER_MS = 61 * 60_000;

/** Builds an empty world and fills it from the journal; nothing moves before `agenda.start()`. */
export function createWorld(options: SimulatorOptions, onFailure: (failure: unknown, task: Task) => void): World {
  const journal = openJournal<JournalLine>(options.home);
  const clock = createClock(journal);
  const ledger = createLedger({ journal, now: clock.now });
  const world: World = {
    seed: options.seed ?? 1,
    epoch: 0,
    url: '',
    lateAfterMs: options.lateAfterMs ?? DEFAULT_LATE_AFTER_MS,
    accounts: createAccounts(options),
    agenda: createAgenda({ clock, journal, run: (task) => runTask(world, task), onFailure }),
    clock,
    faults: createFaultBook({ journal, seed: () => world.seed }),
    ipnLog: createIpnLog(ledger),
    ipnSender: createIpnSender({ allowAnyTarget: options.force ?? false }),
    journal,
    ledger,
    payments: createPaymentBook(journal),
    settings: createSettingsBook({ start: options, journal }),
  };
  replay(world);
  return world;
}

export function resetWorld(world: World, seed: number): void {
  world.epoch += 1;
  world.seed = seed;
  world.ipnSender.abortAll();
  for (const part of [
    world.agenda,
    world.clock,
    world.faults,
    world.ipnLog,
    world.ledger,
    world.payments,
    world.settings,
  ]) {
    part.clear();
  }
  world.journal.restart({ record: 'start', seed });
}

function runTask(world: World, task: Task): Promise<void> | void {
  switch (task.kind) {
    case 'walk':
      return walkOn(world, task.walk);
    case 'transfer':
      transferCoins(world, task.transfer);
      return;
    case 'send_ipn':
      return sendIpnRound(world, task);
    case 'scenario': {
      const payment = world.payments.find(task.paymentId);
      if (payment !== undefined) playScenario(world, { name: task.name, payment });
      return;
    }
    case 'watch_ends':
      return endWatch(world, task.paymentId);
  }
}

function replay(world: World): void {
  const open = new Map<number, ScheduledTask>();
  let lines = 0;
  world.journal.replay((line) => {
    lines += 1;
    restore(world, line, open);
  });
  if (lines === 0) world.journal.append({ record: 'start', seed: world.seed });
  for (const scheduled of open.values()) world.agenda.restore(scheduled);
  for (const payment of world.payments.all()) watchForExpiry(world, payment);
}

function restore(world: World, line: JournalLine, open: Map<number, ScheduledTask>): void {
  switch (line.record) {
    case 'start':
      world.seed = line.seed;
      return;
    case 'payment':
      return world.payments.restore(line.payment);
    case 'invoice':
      return world.payments.restoreInvoice(line.invoice);
    case 'ledger':
      return world.ledger.restore(line.entry);
    case 'task':
      open.set(line.task.id, line.task);
      return;
    case 'task_done':
      open.delete(line.id);
      return;
    case 'settings':
      return world.settings.restore(line.settings);
    case 'clock':
      return world.clock.restore(line.offsetMs);
    case 'fault':
      return world.faults.restore(line.rule);
    case 'fault_removed':
      return world.faults.forget(line.id);
  }
}

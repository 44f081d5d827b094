import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRule } from './faults.js';
import type { LedgerEntry } from './ledger.js';
import type { Invoice, Payment } from './payments.js';
import type { Settings } from './settings.js';
import type { ScheduledTask } from './tasks.js';

/** One line each. Payments, settings and fault rules are written whole: the last line about a thing wins. */
export type JournalRecord =
  | { record: 'start'; seed: number }
  | { record: 'payment'; payment: Payment }
  | { record: 'invoice'; invoice: Invoice }
  | { record: 'ledger'; entry: LedgerEntry }
  | { record: 'task'; task: ScheduledTask }
  | { record: 'task_done'; id: number }
  | { record: 'settings'; settings: Settings }
  | { record: 'clock'; offsetMs: number }
  | { record: 'fault'; rule: FaultRule }
  | { record: 'fault_removed'; id: string };

export interface Journal {
  append(record: JournalRecord): void;
  flush(): void;
  /** Hands over every whole line, and cuts off a last one that a killed process left without its end. */
  replay(take: (record: JournalRecord) => void): void;
  /** Forgets everything: the next line is the first. */
  restart(seed: number): void;
  close(): void;
}

/**
 * Lines wait in memory until `flush`, which every answer calls before it leaves and a microtask calls for the rest.
 * So one turn of the event loop is one write: a kill leaves a change and its follow-ups on disk together or not at all.
 */
export function openJournal(home: string | undefined): Journal {
  if (home === undefined) {
    return { append: () => {}, flush: () => {}, replay: () => {}, restart: () => {}, close: () => {} };
  }
  mkdirSync(home, { recursive: true });
  const path = join(home, 'journal.ndjson');
  const file = openSync(path, 'a+');
  let pending = '';
  let open = true;

  function flush(): void {
    if (pending === '' || !open) return;
    const bytes = Buffer.from(pending);
    pending = '';
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  }
  function append(record: JournalRecord): void {
    if (pending === '') queueMicrotask(flush);
    pending += `${JSON.stringify(record)}\n`;
  }
  return {
    append,
    flush,
    replay(take) {
      ftruncateSync(file, readLines(readFileSync(path), take, path));
    },
    restart(seed) {
      pending = '';
      ftruncateSync(file, 0);
      append({ record: 'start', seed });
    },
    close() {
      flush();
      open = false;
      closeSync(file);
    },
  };
}

/** Returns how many bytes hold whole lines. */
function readLines(bytes: Buffer, take: (record: JournalRecord) => void, path: string): number {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) return start;
    take(parseLine(bytes.toString('utf8', start, end), `${path} line ${line}`));
    start = end + 1;
  }
}

function parseLine(text: string, where: string): JournalRecord {
  try {
    return JSON.parse(text) as JournalRecord;
  } catch (cause) {
    throw new Error(`${where} cannot be read; move the file away to start afresh`, { cause });
  }
}

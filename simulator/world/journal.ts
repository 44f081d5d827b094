import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What a part of the world needs of the journal: a place for lines of its own kind. */
export interface Appender<Line> {
  append(line: Line): void;
}

export interface Journal<Line> extends Appender<Line> {
  flush(): void;
  /** Hands over every whole line, and cuts off a last one that a killed process left without its end. */
  replay(take: (line: Line) => void): void;
  /** Forgets everything and starts with this line. */
  restart(first: Line): void;
  close(): void;
}

/**
 * Lines wait in memory until `flush`, which every answer calls before it leaves and a microtask calls for the rest.
 * So one turn of the event loop is one write: a kill leaves a change and its follow-ups on disk together or not at all.
 */
export function openJournal<Line>(home: string | undefined): Journal<Line> {
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
  function append(line: Line): void {
    if (pending === '') queueMicrotask(flush);
    pending += `${JSON.stringify(line)}\n`;
  }
  return {
    append,
    flush,
    replay(take) {
      ftruncateSync(file, readLines(readFileSync(path), take, path));
    },
    restart(first) {
      pending = '';
      ftruncateSync(file, 0);
      append(first);
    },
    close() {
      flush();
      open = false;
      closeSync(file);
    },
  };
}

/** Returns how many bytes hold whole lines. */
function readLines<Line>(bytes: Buffer, take: (line: Line) => void, path: string): number {
  let start = 0;
  for (let number = 1; ; number += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) return start;
    take(parseLine(bytes.toString('utf8', start, end), `${path} line ${number}`));
    start = end + 1;
  }
}

/** Only we write the file, so a line that is JSON is taken for what it says it is. */
function parseLine<Line>(text: string, where: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch (cause) {
    throw new Error(`${where} cannot be read; move the file away to start afresh`, { cause });
  }
}

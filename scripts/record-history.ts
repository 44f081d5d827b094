import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';
import { lazyClient } from '../src/temporal/connection.js';

type History = temporal.api.history.v1.IHistory;

const folder = join(import.meta.dirname, '../test/replay/histories');

// Who did it, on which machine, and where in which file: nothing that a replay looks at.
const personal = new Set(['identity', 'stackTrace', 'requestId']);
const processAtHost = /^\d+@[^-]*/; // begins the name of a worker's own sticky queue

/** A run's history as it is kept: one event a line, without hosts, process ids and paths. */
export function recordedHistory(history: History): string {
  const { events } = JSON.parse(historyToJSON(history)) as { events: unknown[] };
  const lines = events.map((event) => JSON.stringify(scrubbed(event)));
  return `{"events":[\n${lines.join(',\n')}\n]}\n`;
}

function scrubbed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(processAtHost, 'worker');
  if (Array.isArray(value)) return value.map(scrubbed);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([name]) => !personal.has(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, scrubbed(member)]));
}

export function writeHistory(name: string, history: History): void {
  writeFileSync(join(folder, `${name}.json`), recordedHistory(history));
}

/** Keeps a run of a server that is running: its newest run, unless one is named. */
async function record([name, workflowId, runId]: string[]): Promise<void> {
  if (!name || !workflowId) throw new Error('usage: npx tsx scripts/record-history.ts NAME WORKFLOW_ID [RUN_ID]');
  const { client, close } = lazyClient({});
  try {
    writeHistory(name, await client.workflow.getHandle(workflowId, runId).fetchHistory());
    console.log(`test/replay/histories/${name}.json`);
  } finally {
    await close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await record(process.argv.slice(2));

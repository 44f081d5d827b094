import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';
import { lazyClient } from '../src/temporal/connection.js';

type History = temporal.api.history.v1.IHistory;

const root = join(import.meta.dirname, '..');

/** By version: of each release those that it made, and of the version under way those of today. */
export const keptHistories = join(root, 'test/replay/histories');

/** The version under way, by its number in package.json. */
export const versionUnderWay = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
).version;

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

/** Whether the changelog has this version as one that went out: orders that it began may be open somewhere. */
export function isReleased(changelog: string, version: string): boolean {
  const headings = changelog.split('\n').filter((line) => line.startsWith('## '));
  return headings.some((line) => /^## \[?([^\]\s]+)/.exec(line)?.[1] === version);
}

/** Kept for the version under way. What a release made stays as it was: it is what later versions have to replay. */
export function writeHistory(name: string, history: History): string {
  if (isReleased(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), versionUnderWay)) {
    throw new Error(`${versionUnderWay} is released: raise the version in package.json before anything is recorded`);
  }
  const folder = join(keptHistories, versionUnderWay);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, recordedHistory(history));
  return file;
}

/** Keeps a run of a server that is running: its newest run, unless one is named. */
async function record([name, workflowId, runId]: string[]): Promise<void> {
  if (!name || !workflowId) throw new Error('usage: npx tsx scripts/record-history.ts NAME WORKFLOW_ID [RUN_ID]');
  const { client, close } = lazyClient({});
  try {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    console.log(relative(root, writeHistory(name, history)));
  } finally {
    await close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await record(process.argv.slice(2));

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isReleased, keptHistories, versionUnderWay } from '../../scripts/record-history.js';
import { workflowTracer } from '../../src/worker/workflow-code.js';
import { firstTry, noFirstTry } from '../rehearsal/next-release.js';
import { replayed } from '../support/replaying.js';

const root = join(import.meta.dirname, '../..');
const logger = new DefaultLogger('ERROR', () => {}); // the failures below are wanted
Runtime.install({
  logger,
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

const versions = readdirSync(keptHistories).sort();
const filesOf = (version: string) => readdirSync(join(keptHistories, version)).sort();
const files = versions.flatMap((version) => filesOf(version).map((file) => `${version}/${file}`));
const textOf = (file: string) => readFileSync(join(keptHistories, file), 'utf8');

/** What replaying every kept history on these workflows says: the name of each that disagrees, with the reason. */
async function disagreements(
  workflowsPath: string,
  workflowModules: readonly string[] = [],
): Promise<Readonly<Record<string, string>>> {
  const histories = files.map((file) => ({ workflowId: file, history: JSON.parse(textOf(file)) as unknown }));
  return (await replayed(workflowsPath, histories, workflowModules)).disagreements;
}

describe('the kept histories', () => {
  it('replay on the workflows of today', async () => {
    expect(await disagreements(join(root, 'src/workflows/index.ts'))).toEqual({});
  });

  it('replay on them where traces begin to be collected, with orders under way', async () => {
    expect(await disagreements(join(root, 'src/workflows/index.ts'), [workflowTracer])).toEqual({});
  }, 30_000);

  it('are those of each version, also of the one under way: `npm run histories:record`', () => {
    expect(versions).toContain(versionUnderWay);
  });

  it('of a version that went out are not recorded anew', () => {
    const changelog = '# Changelog\n\n## Unreleased\n\n## [0.2.0] - 2027-01-10\n\n## 0.1.0 - 2026-12-01\n';
    expect(['0.1.0', '0.2.0', '0.3.0', '0.1'].filter((version) => isReleased(changelog, version))).toEqual([
      '0.1.0',
      '0.2.0',
    ]);
  });

  it('tell of every way an order, a delivery and a reconcile can go', () => {
    expect(filesOf(versionUnderWay)).toEqual([
      'delivery-refused-paused.json',
      'delivery-resumed-accepted.json',
      'order-cancelled.json',
      'order-expired.json',
      'order-found-by-poll.json',
      'order-honoured.json',
      'order-late-second-run.json',
      'order-paid.json',
      'order-partial-ended.json',
      'order-topped-up.json',
      'reconcile-pages.json',
    ]);
  });

  it.each(files)('%s is small and names no machine, path or secret', (file) => {
    const text = textOf(file);
    const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
      Buffer.from(data ?? '', 'base64').toString(),
    );
    for (const part of [text, ...payloads]) {
      expect(part).not.toMatch(/\d+@|\/(?:home|root|work|tmp|Users)\/|node_modules|127\.0\.0\.1|localhost/);
      expect(part).not.toMatch(/whsec_|sim-live-key|ds_(?:live|test)_|api[_-]?key/i);
    }
    expect(text.length).toBeLessThan(64 * 1024);
  });
});

// Edits that look harmless and would break orders that run now: [what, file, from, to].
const breaks: [string, string, string, string][] = [
  [
    'one more timer',
    'crypto-order.ts',
    'const opening = createOpening(start, know);',
    'await condition(() => false, 1);\n  const opening = createOpening(start, know);',
  ],
  ['no first tries, as the next release of the rehearsal', 'order-steps.ts', firstTry, noFirstTry],
  ['another name for an activity', 'order-steps.ts', '{ settleOrder } = first', '{ settle: settleOrder } = first'],
  ['no first try in the task', 'order-steps.ts', 'if (!isAlone)', 'if (1)'],
  ['no upsert for an end', 'operator-view.ts', 'isClosed(state.status) && state', 'false && state'],
  ['no grace before the poll', 'order-clock.ts', 'Date.parse(state.pollFrom)', '0'],
  ['a reconcile that skips a step', 'reconcile.ts', 'step: position.step + 1', 'step: position.step + 2'],
  [
    'a delivery that looks once more',
    'deliver-webhook.ts',
    'if (result !==',
    "if (result === 'delivered') continue;\n    if (result !==",
  ],
];

describe('the check bites on', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'quittance-replay-'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(breaks)('%s', async (_, file, from, to) => {
    cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true });
    const path = join(copy, 'src/workflows', file);
    const text = readFileSync(path, 'utf8');
    expect(text.split(from), `${file} has once: ${from}`).toHaveLength(2);
    writeFileSync(path, text.replace(from, to));
    const found = await disagreements(join(copy, 'src/workflows/index.ts'));
    expect(Object.values(found).join('\n')).toMatch(/nondeterminism|DeterminismViolation/i);
  });
});

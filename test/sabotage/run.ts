import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allSabotages, copyTree, refusalOf, type Sabotage } from './patches.js';

// npm run test:sabotage [-- --only 33-,09- --project NAME]: each guard broken in a copy of the tree; the smallest test for it must turn red.
const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, project: { type: 'string', default: '' } },
});
const longestRunMs = 5 * 60_000; // of one test file

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

type Verdict =
  { readonly kind: 'caught'; readonly by: number } | { readonly kind: 'missed' | 'unclear'; readonly why: string };

const copy = copyTree();
process.on('SIGINT', () => process.exit(130));
process.on('exit', () => copy.remove());

/** Runs one project's tests in the copy; null when there is no report, such as after a syntax error in the runner. */
async function runTests(project: string, files: readonly string[], testName: string | null): Promise<Report | null> {
  const output = join(copy.path, 'report.json');
  rmSync(output, { force: true });
  const args = ['vitest', 'run', '--project', project, '--reporter=json', `--outputFile=${output}`, ...files];
  const child = spawn('npx', testName === null ? args : [...args, '-t', testName], {
    cwd: copy.path,
    env: environment(),
    stdio: 'ignore',
    detached: true, // a group of its own, to be ended whole
  });
  const tooLong = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), longestRunMs * files.length);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(tooLong);
  return existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Report) : null;
}

/** Without the real provider's keys, whatever the shell has: broken code must never meet it. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NOWPAYMENTS_')));
}

async function judge({ patch, project, test, testName }: Sabotage): Promise<Verdict> {
  const refusal = refusalOf(copy.path, patch);
  if (refusal !== null) return { kind: 'unclear', why: `the patch does not apply: ${refusal}` };
  const report = await runTests(project, [test], testName);
  const stuck = refusalOf(copy.path, patch, '--reverse');
  if (stuck !== null) throw new Error(`the patch could not be taken back: ${stuck}`);
  if (report === null || report.numPassedTests + report.numFailedTests === 0) {
    return { kind: 'unclear', why: 'no test ran: the broken code did not even load' };
  }
  const by = failuresIn(report).filter((name) => !failing.has(name)).length;
  return by > 0 ? { kind: 'caught', by } : { kind: 'missed', why: `${test} stays as it was` };
}

const failuresIn = ({ testResults }: Report): string[] =>
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );

/** Red must come from the patch: tests that fail unbroken too prove nothing. */
async function failingUnbroken(sabotages: readonly Sabotage[]): Promise<ReadonlySet<string>> {
  const failing = new Set<string>();
  for (const project of new Set(sabotages.map((each) => each.project))) {
    const files = [...new Set(sabotages.filter((each) => each.project === project).map(({ test }) => test))];
    const report = await runTests(project, files, null);
    if (report === null || report.numPassedTests === 0) throw new Error(`${project} cannot be run unbroken`);
    console.log(`[sabotage] unbroken, ${project}: ${report.numPassedTests} passed, ${report.numFailedTests} failed`);
    for (const name of failuresIn(report)) {
      failing.add(name);
      console.log(`[sabotage] fails unbroken: ${name}`);
    }
  }
  return failing;
}

const sabotages = allSabotages().filter(
  ({ name, project }) =>
    options.only.split(',').some((begin) => name.startsWith(begin)) && project.startsWith(options.project),
);
const failing = await failingUnbroken(sabotages);
let caught = 0;
for (const sabotage of sabotages) {
  const begun = performance.now();
  const verdict = await judge(sabotage);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  if (verdict.kind === 'caught') caught += 1;
  const said = verdict.kind === 'caught' ? `by ${verdict.by} in ${seconds} s` : verdict.why;
  console.log(`[sabotage] ${verdict.kind.padEnd(7)} ${sabotage.name}: ${sabotage.what} (${said})`);
}
console.log(`[sabotage] ${caught} of ${sabotages.length} caught`);
console.log(`${caught} passed, ${sabotages.length - caught} failed`);
process.exit(caught === sabotages.length && caught > 0 ? 0 : 1);

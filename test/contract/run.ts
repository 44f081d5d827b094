import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { problemKinds } from '../../src/api/http/problem.js';
import { wireWords } from '../../src/domain/brand.js';
import { runOn, startStack, type BenchStack } from '../../bench/stack.js';
import { findSchemathesis } from './find-schemathesis.js';
import { goneReceiver, setTheScene } from './scene.js';
import { settingsFor } from './settings.js';

// npm run test:contract [-- --seed N --examples N]: every route of /openapi.json is called with what the document allows and with
// what it does not; nothing may be answered that the document does not say.
const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '770317' }, examples: { type: 'string', default: '25' } },
});
const longestMs = 10 * 60_000; // about one where nothing else runs
const startedAt = Date.now();
const say = (line: string) => console.log(`[${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(5)} s] ${line}`);

/**
 * Not asked: `positive_data_acceptance`. What the document cannot say (a cursor's seal, an end before its beginning, a currency
 * without a minor unit) is refused with 400, and rightly.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
  'use_after_free',
  'ensure_resource_availability',
  'problems_are_documented',
];

/** The provider's door takes what the provider has signed; its bodies have a fuzz of their own, `npm run fuzz:json`. */
const notReached = /^POST \/v1\/webhooks\/nowpayments/;

async function ask(python: string, stack: BenchStack, files: Files): Promise<number> {
  const args = [
    '-m',
    'schemathesis.cli',
    '--config-file',
    files.settings,
    'run',
    `${stack.devFile.api_url}/openapi.json`,
  ];
  const how = ['--checks', checks.join(','), '--max-examples', options.examples, '--continue-on-failure', '--no-color'];
  const quiet = ['--generation-database', 'none', '--warnings', 'off', '--request-timeout', '30'];
  const child = spawn(python, [...args, ...how, ...quiet], {
    cwd: stack.home,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      SCHEMATHESIS_HOOKS: 'hooks',
      PYTHONPATH: import.meta.dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      CONTRACT_PROBLEMS: files.problems,
      CONTRACT_ANSWERED: files.answered,
    },
  });
  const tooLong = setTimeout(() => child.kill('SIGKILL'), longestMs);
  const code = await new Promise<number | null>((ended, broken) => child.once('exit', ended).once('error', broken));
  clearTimeout(tooLong);
  if (code === null) throw new Error(`schemathesis was stopped after ${longestMs / 60_000} minutes`);
  return code;
}

interface Files {
  readonly settings: string;
  readonly problems: string;
  readonly answered: string;
}

/** The routes that never did what they are there for: of them nothing was learnt. */
async function neverReached(stack: BenchStack, { answered }: Files): Promise<string[]> {
  const counts = JSON.parse(readFileSync(answered, 'utf8')) as Record<string, number>;
  const document = (await (await fetch(`${stack.devFile.api_url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, object>>;
  };
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const wasReached = (route: string) => Object.keys(counts).some((name) => name.startsWith(`${route} 2`));
  say(`${routes.length} routes, ${Object.values(counts).reduce((total, count) => total + count, 0)} calls`);
  const unreached = routes.filter((route) => !notReached.test(route) && !wasReached(route));
  for (const route of unreached) {
    const answers = Object.entries(counts).filter(([name]) => name.startsWith(`${route} `));
    say(
      `${route} did not work once: ${answers.map(([name, count]) => `${count} × ${name.slice(route.length + 1)}`).join(', ')}`,
    );
  }
  return unreached;
}

async function main(): Promise<void> {
  const python = await findSchemathesis(process.env, say);
  const gone = await goneReceiver();
  const stack = await startStack({ WEBHOOK_ALLOW_TARGETS: gone.target, TRUSTED_PROXIES: '127.0.0.1' });
  await runOn(stack, async () => {
    say('all processes are up');
    const stage = await setTheScene(stack.devFile, gone);
    say(`seed ${options.seed}: ${Object.values(stage.scene).flat().length} ids at hand`);
    const files: Files = {
      settings: join(stack.home, 'schemathesis.toml'),
      problems: join(stack.home, 'problems.json'),
      answered: join(stack.home, 'answered.json'),
    };
    const problems = Object.entries(problemKinds).map(([slug, [status]]) => ({
      type: wireWords.errorBase + slug,
      status,
    }));
    writeFileSync(files.problems, JSON.stringify(problems));
    writeFileSync(files.settings, settingsFor(stack.devFile, Number(options.seed), stage));
    const code = await ask(python, stack, files);
    const unreached = await neverReached(stack, files);
    const failed = (code === 0 ? 0 : 1) + unreached.length;
    console.log(`${code === 0 ? 1 : 0} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  }).finally(() => gone.close());
}

await main();

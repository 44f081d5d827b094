// Two builds of one source: ES modules and CommonJS, each with its own declarations.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(`${here}/dist`, { recursive: true, force: true });
for (const project of ['tsconfig.json', 'tsconfig.cjs.json']) {
  execFileSync(process.execPath, [tsc, '-p', `${here}/${project}`], { stdio: 'inherit' });
}
writeFileSync(`${here}/dist/cjs/package.json`, '{ "type": "commonjs" }\n');
chmodSync(`${here}/dist/esm/bin/verify-receipt.js`, 0o755);

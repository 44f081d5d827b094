#!/usr/bin/env node
// Beside the sources these are run, so that nothing stale is; in the image there is only what was built from them.
import { existsSync } from 'node:fs';

if (existsSync(new URL('../scripts/quittance.ts', import.meta.url))) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../scripts/quittance.ts');
} else {
  await import('../dist/scripts/quittance.js');
}

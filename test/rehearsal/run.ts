import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startWorld } from './world.js';
import { rehearse } from './rehearse.js';
import { reportOf } from './report.js';

// The worst day, on the real stack: an upgrade and back under way, then our database restored from a backup, then all of
// Temporal lost; --upgrade-only stops before the losses. Ends with 0 when every order is where it belongs, 1 when one is not, 2 when the rehearsal itself broke.

const startedAt = Date.now();
const say = (line: string) => console.log(`[${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s] ${line}`);

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '500' },
    image: { type: 'string' },
    report: { type: 'string' },
    'upgrade-only': { type: 'boolean', default: false },
  },
});
const home = mkdtempSync(join(tmpdir(), 'quittance-rehearsal-'));
const world = await startWorld({ home, say, ...(values.image === undefined ? {} : { image: values.image }) });
process.exitCode = 2;
try {
  const result = await rehearse(world, { orders: Number(values.orders), isUpgradeOnly: values['upgrade-only'], say });
  const report = reportOf(result);
  console.log(`\n${report}`);
  if (values.report !== undefined) writeFileSync(values.report, report);
  process.exitCode = result.faults.length === 0 ? 0 : 1;
} catch (failure) {
  console.error(failure);
} finally {
  await world.close();
  if (process.exitCode === 0) rmSync(home, { recursive: true, force: true });
  else say(`logs: ${join(home, 'logs')}`);
}
process.exit();

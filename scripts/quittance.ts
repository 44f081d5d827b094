import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { version } from '../src/version.js';
import { accounts } from './quittance/accounts.js';
import { failed } from './quittance/answer.js';
import { approvals } from './quittance/approvals.js';
import { audit } from './quittance/audit.js';
import { cases } from './quittance/cases.js';
import { commandLine } from './quittance/command-line.js';
import { doctor } from './quittance/doctor.js';
import { keys } from './quittance/keys.js';
import { listen } from './quittance/listen/listen.js';
import { migrate } from './quittance/migrate.js';
import { operators } from './quittance/operators.js';
import { orders } from './quittance/orders.js';
import { receipts } from './quittance/receipts.js';
import { reconcile } from './quittance/reconcile.js';
import { release } from './quittance/release/group.js';
import { replay } from './quittance/replay.js';
import { rotateMasterKey } from './quittance/rotate-master-key.js';
import { status } from './quittance/status.js';
import { sweep } from './quittance/sweep.js';

const epilogue = [
  'Settings come from the environment, and in production from .env beside it; in development, where neither names a database,',
  'from the running `npm start`. What goes through the API needs QUITTANCE_ADMIN_KEY, and QUITTANCE_URL where the API is not on',
  'this machine. Exit status: 0 done, and well; 1 looked, and something needs a person; 2 not done.',
].join(' ');

const program = yargs(hideBin(process.argv))
  .scriptName(commandLine(''))
  .usage('$0 <command>: an installation of Quittance, from the command line')
  .command([status, doctor, migrate, accounts, keys, operators, orders, cases, replay, reconcile, sweep])
  .command([approvals, receipts, audit, release, rotateMasterKey, listen])
  .option('json', { type: 'boolean', default: false, describe: 'Answer as JSON', global: true })
  .demandCommand(1, 'Which command?')
  .strict()
  .completion('completion', 'Print a script that completes these words in bash or zsh')
  .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'boolean-negation': true })
  .version(version)
  .epilogue(epilogue)
  .fail(failed)
  .wrap(Math.min(120, process.stdout.columns || 80));

// What went wrong was said by `failed`, which has set the exit status as well.
await program.parseAsync().catch(() => undefined);

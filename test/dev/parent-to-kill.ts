import { createProcesses } from '../../scripts/dev/processes.js';

/** A parent that starts one child and waits to be killed. Prints the child's id. */
const processes = createProcesses({ logDir: process.argv[2] ?? '.' });
const { pid } = await processes.start({
  name: 'child',
  command: process.execPath,
  args: ['-e', 'setInterval(() => {}, 1000)'],
});
console.log(pid);

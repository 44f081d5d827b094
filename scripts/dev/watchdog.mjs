// Outlives its parent just long enough to stop the parent's children. Plain JavaScript: it must be up before the first
// child and costs 40 MB less than a compiler.
// Lines on stdin: `+<pid> <signal>` (started), `-<pid>` (ended). The end of stdin means that the parent is gone.
import { createInterface } from 'node:readline';

const children = new Map();

function signalChild(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ended by itself: that is all we want
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const [, sign, pid, signal] = /^([+-])(\d+) ?(\w*)$/.exec(line) ?? [];
  if (sign === '+') children.set(Number(pid), signal);
  if (sign === '-') children.delete(Number(pid));
}

for (const [pid, signal] of [...children].reverse()) signalChild(pid, signal);
const giveUpAt = Date.now() + 5_000;
while ([...children.keys()].some((pid) => signalChild(pid, 0)) && Date.now() < giveUpAt) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (const pid of children.keys()) signalChild(-pid, 'SIGKILL');

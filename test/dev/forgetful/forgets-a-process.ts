import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

it('forgets a process', () => {
  const { pid } = spawn('sleep', ['271'], { detached: true, stdio: 'ignore' });
  expect(pid).toBeGreaterThan(0);
});

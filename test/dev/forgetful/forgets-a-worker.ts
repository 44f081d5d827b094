import { expect, it } from 'vitest';
import { watchWorker } from '../../support/open-workers.js';

it('forgets a worker', () => {
  watchWorker('the forgotten one', new Promise(() => undefined));
  watchWorker('the one that ended', Promise.resolve());
  expect(true).toBe(true);
});

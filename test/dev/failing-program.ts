import { EventEmitter } from 'node:events';
import { outliveOutages } from '../../src/last-resort.js';
import { createLog } from '../../src/log.js';

// Fails in each way that ends a Node process: what is the world's fault must not end this one, a bug must.
outliveOutages(createLog({ name: 'failing', level: 'info' }));
const broken = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
setImmediate(() => new EventEmitter().emit('error', broken));
void Promise.reject(new Error('Connection terminated unexpectedly'));
process.stdin.once('data', () => {
  throw new TypeError('nothing is not a function');
});

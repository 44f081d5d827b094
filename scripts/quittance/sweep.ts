import { adminApi } from './admin-api.js';
import { command, withReason } from './command.js';

interface Swept {
  readonly expired: number;
  readonly capped: boolean;
}

export const sweep = command({
  words: 'sweep',
  about: 'Hand expiry to the oldest pending orders; each decides by its own clock',
  options: (parser) =>
    withReason(parser)
      .option('older-than-hours', { type: 'number', default: 24 })
      .option('limit', { type: 'number', default: 500 }),
  run: async ({ olderThanHours, limit, reason }) => {
    const body = { older_than_hours: olderThanHours, limit, reason };
    const swept = await adminApi().call<Swept>('POST', '/v1/admin/crypto-orders/sweep-expired', body);
    const more = swept.capped ? ', and there may be more: run it again' : '';
    return { lines: [`expired: ${swept.expired}${more}`], json: swept };
  },
});

import { adminApi } from './admin-api.js';
import { command, withReason } from './command.js';

interface Delivery {
  readonly id: string;
  readonly status: string;
}

export const replay = command({
  words: 'replay <delivery>',
  about: 'Send a webhook delivery again, with the same event id and body',
  options: (parser) => withReason(parser.positional('delivery', { type: 'string', demandOption: true })),
  run: async ({ delivery, reason }) => {
    const path = `/v1/admin/webhook-deliveries/${encodeURIComponent(delivery)}/replay`;
    const sent = await adminApi().call<Delivery>('POST', path, reason === undefined ? {} : { reason });
    return { lines: [`${sent.id}: ${sent.status}`], json: sent };
  },
});

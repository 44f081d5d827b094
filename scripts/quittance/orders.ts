import { adminApi, query } from './admin-api.js';
import { fieldLines, pageAnswer } from './answer.js';
import { byId, command, group, withCursor, withReason } from './command.js';

interface Order {
  readonly order_id: string;
  readonly status: string;
  readonly product: string;
  readonly price_cents: number;
  readonly price_currency: string;
  readonly created_at: string;
}

interface Line {
  readonly at: string;
  readonly status: string;
  readonly source: string;
  readonly event: string;
  readonly fact_id: string | null;
}

const pathOf = (id: string) => `/v1/admin/crypto-orders/${encodeURIComponent(id)}`;

const list = command({
  words: 'list',
  about: 'Orders of all accounts, the newest first',
  options: (parser) =>
    withCursor(parser)
      .option('search', { type: 'string', describe: 'Part of an id, product, note or reference' })
      .option('status', { type: 'string' })
      .option('limit', { type: 'string', default: '50' }),
  run: async ({ search, status, limit, cursor }) => {
    const page = await adminApi().call<{ orders: Order[]; next_cursor: string | null }>(
      'GET',
      `/v1/admin/crypto-orders${query({ search, status, limit, cursor })}`,
    );
    return pageAnswer(page, page.orders.map(lineOf));
  },
});

function lineOf({ order_id, status, product, price_cents, price_currency, created_at }: Order): string {
  return `${created_at}  ${order_id}  ${status.padEnd(10)}  ${price_cents} ${price_currency} minor units  ${product}`;
}

const get = command({
  words: 'get <id>',
  about: 'An order as it stands',
  options: byId,
  run: async ({ id }) => {
    const order = await adminApi().call<Order>('GET', pathOf(id));
    return { lines: fieldLines(order), json: order };
  },
});

const events = command({
  words: 'events <id>',
  about: 'The timeline of an order: what happened when, and who said so',
  options: byId,
  run: async ({ id }) => {
    const timeline = await adminApi().call<{ events: Line[] }>('GET', `${pathOf(id)}/events`);
    const lines = timeline.events.map(({ at, status, source, event, fact_id }) =>
      [at, status.padEnd(10), source, event, fact_id ?? ''].join('  ').trimEnd(),
    );
    return { lines, json: timeline };
  },
});

const applyIpn = command({
  words: 'apply-ipn <id>',
  about: 'Play an IPN to an order of test mode',
  options: (parser) =>
    withReason(byId(parser))
      .option('status', { type: 'string', demandOption: true, describe: "The provider's word, such as finished" })
      .option('payment', { type: 'string', demandOption: true, describe: "The provider's id of the payment" })
      .option('actually-paid', { type: 'string', describe: 'What has arrived, in the coin' }),
  run: async ({ id, status, payment, actuallyPaid, reason }) => {
    const body = { provider_status: status, payment_id: payment, actually_paid: actuallyPaid, reason };
    const order = await adminApi().call<Order>('POST', `${pathOf(id)}/apply-ipn`, body);
    return { lines: [`${order.order_id}: ${order.status}`], json: order };
  },
});

export const orders = group('orders', 'Orders: list, get, events, apply-ipn', [list, get, events, applyIpn]);

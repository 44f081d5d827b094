import { adminApi, query } from './admin-api.js';
import { fieldLines, pageAnswer } from './answer.js';
import { byId, command, group, withCursor } from './command.js';

interface SupportCase {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly order_id: string | null;
  readonly opened_at: string;
}

const pathOf = (id: string) => `/v1/admin/support-cases/${encodeURIComponent(id)}`;

const list = command({
  words: 'list',
  about: 'Support cases, the open ones unless --status says otherwise',
  options: (parser) =>
    withCursor(parser)
      .option('status', { choices: ['open', 'awaiting_approval', 'resolved'] as const, default: 'open' as const })
      .option('kind', { type: 'string' }),
  run: async ({ status, kind, cursor }) => {
    const page = await adminApi().call<{ cases: SupportCase[]; next_cursor: string | null }>(
      'GET',
      `/v1/admin/support-cases${query({ status, kind, cursor, limit: 50 })}`,
    );
    const lines = page.cases.map((each) =>
      [each.opened_at, each.id, each.kind.padEnd(17), each.order_id ?? 'no order'].join('  '),
    );
    return pageAnswer(page, lines);
  },
});

const get = command({
  words: 'get <id>',
  about: 'A case with its evidence',
  options: byId,
  run: async ({ id }) => {
    const found = await adminApi().call<SupportCase>('GET', pathOf(id));
    return { lines: fieldLines(found), json: found };
  },
});

const resolve = command({
  words: 'resolve <id> <action>',
  about: 'Honour, decline or annotate a case; above the four-eyes amount a second person has to say the same',
  options: (parser) =>
    byId(parser)
      .positional('action', { choices: ['honour', 'decline', 'note'] as const, demandOption: true })
      .option('reason', { type: 'string', demandOption: true, describe: 'Why, for the audit log' }),
  run: async ({ id, action, reason }) => {
    const found = await adminApi().call<SupportCase>('POST', `${pathOf(id)}/resolve`, { action, reason });
    return { lines: [`${found.id}: ${found.status}`], json: found };
  },
});

export const cases = group('cases', 'Support cases: list, get, resolve', [list, get, resolve]);

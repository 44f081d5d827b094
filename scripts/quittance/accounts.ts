import { adminApi, query } from './admin-api.js';
import { fieldLines, pageAnswer } from './answer.js';
import { byId, command, group, withCursor, withReason } from './command.js';

interface Account {
  readonly id: string;
  readonly name: string;
}

const list = command({
  words: 'list',
  about: 'The accounts, a page at a time',
  options: (parser) => withCursor(parser),
  run: async ({ cursor }) => {
    const page = await adminApi().call<{ accounts: Account[]; next_cursor: string | null }>(
      'GET',
      `/v1/admin/accounts${query({ cursor, limit: 200 })}`,
    );
    return pageAnswer(
      page,
      page.accounts.map(({ id, name }) => `${id}  ${name}`),
    );
  },
});

const get = command({
  words: 'get <id>',
  about: 'An account with its settings',
  options: byId,
  run: async ({ id }) => {
    const account = await adminApi().call<Account>('GET', `/v1/admin/accounts/${encodeURIComponent(id)}`);
    return { lines: fieldLines(account), json: account };
  },
});

const add = command({
  words: 'add <name>',
  about: 'A new account',
  options: (parser) => withReason(parser.positional('name', { type: 'string', demandOption: true })),
  run: async ({ name, reason }) => {
    const account = await adminApi().call<Account>('POST', '/v1/admin/accounts', { name, reason });
    return { lines: [`id: ${account.id}`], json: account };
  },
});

export const accounts = group('accounts', 'Merchants: list, get, add', [list, get, add]);

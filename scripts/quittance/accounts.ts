import { adminApi, query } from './admin-api.js';
import { fieldLines } from './answer.js';
import { command, group } from './command.js';

interface Account {
  readonly id: string;
  readonly name: string;
}

const list = command({
  words: 'list',
  about: 'The accounts, a page at a time',
  options: (parser) => parser.option('cursor', { type: 'string', describe: 'next_cursor of the page before' }),
  run: async ({ cursor }) => {
    const page = await adminApi().call<{ accounts: Account[]; next_cursor: string | null }>(
      'GET',
      `/v1/admin/accounts${query({ cursor, limit: 200 })}`,
    );
    const more = page.next_cursor === null ? [] : [`more: --cursor ${page.next_cursor}`];
    return { lines: [...page.accounts.map(({ id, name }) => `${id}  ${name}`), ...more], json: page };
  },
});

const get = command({
  words: 'get <id>',
  about: 'An account with its settings',
  options: (parser) => parser.positional('id', { type: 'string', demandOption: true }),
  run: async ({ id }) => {
    const account = await adminApi().call<Account>('GET', `/v1/admin/accounts/${encodeURIComponent(id)}`);
    return { lines: fieldLines(account), json: account };
  },
});

const add = command({
  words: 'add <name>',
  about: 'A new account',
  options: (parser) =>
    parser
      .positional('name', { type: 'string', demandOption: true })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' }),
  run: async ({ name, reason }) => {
    const account = await adminApi().call<Account>('POST', '/v1/admin/accounts', { name, reason });
    return { lines: [`id: ${account.id}`], json: account };
  },
});

export const accounts = group('accounts', 'Merchants: list, get, add', [list, get, add]);

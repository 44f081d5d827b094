import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { ensureSearchAttributes } from '../../src/temporal/setup.js';
import { attributes } from '../../src/workflows/messages.js';

const unknown = () => Object.assign(new Error('no mapping defined for search attribute AccountId'), { code: 3 });

/** A server that has some of the attributes, and whose answers to a question about them are these. */
function server(present: readonly string[], answers: readonly (Error | null)[]) {
  const added: string[] = [];
  const asked: string[] = [];
  const client = {
    options: { namespace: 'quittance' },
    connection: {
      operatorService: {
        listSearchAttributes: async () => ({ customAttributes: Object.fromEntries(present.map((name) => [name, 2])) }),
        addSearchAttributes: async ({ searchAttributes }: { searchAttributes: object }) =>
          void added.push(...Object.keys(searchAttributes)),
      },
    },
    workflow: {
      async count(query: string) {
        const answer = answers[asked.push(query) - 1];
        if (answer) throw answer;
        return { count: 0 };
      },
    },
  };
  return { client: client as unknown as Client, added, asked };
}

const names = Object.values(attributes).map(({ name }) => name);

describe('the search attributes of a namespace', () => {
  it('are there when the server takes them, not when they have been added', async () => {
    const { client, added, asked } = server([], [unknown(), unknown(), null]);
    await ensureSearchAttributes(client);
    expect(added).toEqual(names);
    expect(asked).toHaveLength(3);
    for (const name of names) expect(asked[0]).toContain(name);
  });

  it('that another worker has added a moment ago are waited for as well', async () => {
    const { client, added, asked } = server(names, [unknown(), null]);
    await ensureSearchAttributes(client);
    expect([added, asked.length]).toEqual([[], 2]);
  });

  it('cannot be asked about while the server is away: that is told', async () => {
    const away = Object.assign(new Error('unavailable'), { code: 14 });
    await expect(ensureSearchAttributes(server(names, [away]).client)).rejects.toBe(away);
  });
});

import { Agent, get } from 'node:http';

/** A payer's page, as far as the server sees one: the page is fetched, then its event stream is followed. */
export interface LivePage {
  readonly path: string;
  /** Milliseconds that the page itself took. */
  readonly loadedMs: number;
  readonly messages: { readonly mark: string; readonly atMs: number }[];
  isOver: boolean;
}

export interface Pages {
  readonly pages: readonly LivePage[];
  /** Fetches what a page swaps in after news; answers how long it took. */
  look(page: LivePage): Promise<number>;
  close(): void;
}

/** Opens one page per path, `clients` at a time. */
export async function openPages(url: string, paths: readonly string[], clients: number): Promise<Pages> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const streams = new Agent({ maxSockets: Infinity });
  const pages: LivePage[] = [];
  let next = 0;
  async function client(): Promise<void> {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const startedAt = performance.now();
      await fetched(agent, url + path);
      const page: LivePage = { path, loadedMs: performance.now() - startedAt, messages: [], isOver: false };
      await follow(streams, `${url}${path}/events`, page);
      pages.push(page);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return {
    pages,
    look: async ({ path }) => {
      const startedAt = performance.now();
      await fetched(agent, `${url}${path}/status`);
      return performance.now() - startedAt;
    },
    close: () => {
      agent.destroy();
      streams.destroy();
    },
  };
}

function fetched(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: 'text/html' } }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    }).on('error', reject);
  });
}

function follow(agent: Agent, url: string, page: LivePage): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: 'text/event-stream' } }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`${url}: ${answer.statusCode}`));
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => {
        const atMs = performance.timeOrigin + performance.now();
        for (const [, mark = ''] of text.matchAll(/^data: (.+)$/gm)) page.messages.push({ mark, atMs });
      });
      answer.on('error', () => {}); // the server went away; close follows
      answer.on('close', () => (page.isOver = true));
      resolve();
    }).on('error', (failure) => {
      page.isOver = true;
      reject(failure);
    });
  });
}

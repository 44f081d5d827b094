import pg from 'pg';
import { vi } from 'vitest';

/** One statement that a program sent. `begin` and `commit` are statements too. */
export interface SentStatement {
  readonly program: string; // by the name of its pool: api, worker, worker-webhooks
  readonly name: string; // the function or file of src/db that it stands in
  readonly transaction: number; // the same for all statements of one transaction
  readonly isCommit: boolean; // a transaction ended with it
}

export interface StatementLog {
  /** What the programs have sent since the last call. */
  take(): readonly SentStatement[];
  stop(): void;
}

interface Sender {
  readonly connectionParameters?: { readonly application_name?: string };
}

const programs = ['api', 'worker', 'worker-webhooks'];

/** Hears every statement that the programs in this process send, whichever of their pools it goes through. */
export function listenToStatements(): StatementLog {
  let sent: SentStatement[] = [];
  let transactions = 0;
  const names = new Map<string, string>();
  const open = new WeakMap<Sender, number>(); // the transaction that a connection is in
  const nameOf = (text: string) => names.get(text) ?? text;

  function hear(sender: Sender, text: string): void {
    if (text === 'begin') open.set(sender, ++transactions);
    const transaction = open.get(sender) ?? ++transactions;
    if (text === 'commit' || text === 'rollback') open.delete(sender);
    const isCommit = !open.has(sender) && text !== 'rollback';
    const program = (sender.connectionParameters?.application_name ?? '').replace('quittance-', '');
    if (programs.includes(program)) sent.push({ program, name: nameOf(text), transaction, isCommit });
  }

  const stopAsked = spyOn(pg.Pool.prototype, (_pool, text) => learnName(names, text));
  const stopSent = spyOn(pg.Client.prototype, (client, text) => {
    learnName(names, text);
    hear(client, text);
  });
  return {
    take() {
      const taken = sent;
      sent = [];
      return taken;
    },
    stop() {
      stopAsked();
      stopSent();
    },
  };
}

function spyOn(prototype: object, heard: (sender: Sender, text: string) => void): () => void {
  const queried = prototype as { query: (...args: unknown[]) => unknown };
  const send = queried.query;
  const spy = vi.spyOn(queried, 'query').mockImplementation(function (this: Sender, ...args: unknown[]) {
    const given = args[0] as string | { text: string };
    heard(this, typeof given === 'string' ? given : given.text);
    return send.apply(this, args);
  });
  return () => spy.mockRestore();
}

/** Who asks stands on the stack, but for what a pool sends later: so a text has the name of who asked for it first. */
function learnName(names: Map<string, string>, text: string): void {
  if (names.has(text)) return;
  const frames = (new Error().stack ?? '').split('\n').filter((frame) => frame.includes('/src/db/'));
  const asker = frames.find((frame) => !/\/src\/db\/(query|pool)\./.test(frame)) ?? frames[0];
  if (asker === undefined || text === 'begin' || text === 'commit') return;
  const named = /at (?:async )?(?:Object\.)?(\w+) \(/.exec(asker)?.[1];
  names.set(text, named ?? /([^/]+)\.ts/.exec(asker)?.[1] ?? text);
}

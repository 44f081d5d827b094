import { ServerResponse } from 'node:http';
import pg from 'pg';
import { Agent, Pool, type Dispatcher } from 'undici';
import { labels, pointOf, type Label, type Side } from './labels.js';

// Loaded before one of our programs: wraps the doors of this process, so that it kills itself at the point that CRASH_AT
// names, such as `settle.committed:after`. The programs know nothing of it.

const wanted = process.env.CRASH_AT;

function pass(label: Label, side: Side): void {
  if (pointOf({ label, side }) === wanted) process.kill(process.pid, 'SIGKILL');
}

type Door = Label['door'];
const withDoor = <Kind extends Door['kind']>(kind: Kind) =>
  labels.flatMap((label) =>
    label.door.kind === kind ? [{ label, door: label.door as Extract<Door, { kind: Kind }> }] : [],
  );

const statements = withDoor('statement');
const commits = withDoor('commit');
const begun = new WeakMap<object, Label>(); // by connection: the commit that its transaction will pass

function labelOf(connection: object, text: string): Label | undefined {
  const statement = statements.find(({ door }) => door.text.test(text));
  const within = commits.find(({ door }) => door.of.test(text));
  if (within) begun.set(connection, within.label);
  if (!/^\s*commit\b/i.test(text)) return statement?.label;
  const commit = begun.get(connection);
  begun.delete(connection);
  return commit;
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
const send = pg.Client.prototype.query as Query;

pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [given] = args;
  const text = typeof given === 'string' ? given : ((given as { text?: string } | undefined)?.text ?? '');
  const label = labelOf(this, text);
  if (label === undefined) return send.apply(this, args);
  pass(label, 'before');
  const heard = args.at(-1);
  if (typeof heard === 'function') {
    const told = (...answer: unknown[]): unknown => {
      pass(label, 'after');
      return (heard as (...answer: unknown[]) => unknown)(...answer);
    };
    return send.apply(this, [...args.slice(0, -1), told]);
  }
  return (send.apply(this, args) as Promise<unknown>).then((answer) => {
    pass(label, 'after');
    return answer;
  });
} as typeof pg.Client.prototype.query;

const sent = withDoor('sent');
const heard = withDoor('heard');

for (const { prototype } of [Agent, Pool]) {
  const dispatch = prototype.dispatch;
  prototype.dispatch = function (this: Dispatcher, options, handler) {
    const path = options.method === 'POST' ? (options.path.split('?')[0] ?? '') : '';
    const leaving = sent.find(({ door }) => door.path.test(path))?.label;
    const coming = heard.find(({ door }) => door.path.test(path))?.label;
    if (leaving) pass(leaving, 'before');
    const isTaken = dispatch.call(this, options, listening(handler, leaving, coming));
    return isTaken;
  };
}

/** The request is on the wire once its answer begins; it was heard when its end was handed on. */
function listening(
  handler: Dispatcher.DispatchHandler,
  leaving: Label | undefined,
  coming: Label | undefined,
): Dispatcher.DispatchHandler {
  if (leaving === undefined && coming === undefined) return handler;
  const begins = new Set(['onHeaders', 'onResponseStart']);
  const ends = new Set(['onComplete', 'onResponseEnd']);
  return new Proxy(handler, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (begins.has(String(name))) {
          if (leaving) pass(leaving, 'after');
          if (coming) pass(coming, 'before');
        }
        const result: unknown = Reflect.apply(member, target, args);
        if (coming && ends.has(String(name))) setImmediate(() => pass(coming, 'after'));
        return result;
      };
    },
  });
}

const answers = withDoor('answer');
const end = ServerResponse.prototype.end as (this: ServerResponse, ...args: unknown[]) => ServerResponse;

ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
  const { method, url = '' } = this.req;
  const label = method === 'POST' ? answers.find(({ door }) => door.path.test(url))?.label : undefined;
  if (label === undefined) return end.apply(this, args);
  pass(label, 'before');
  this.once('finish', () => pass(label, 'after'));
  return end.apply(this, args);
} as typeof ServerResponse.prototype.end;

import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { queryOnce } from '../../scripts/dev/postgres.js';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const patient = { connectWithinMs: 30_000 }; // the server is there: a busy machine may only be slow to answer

/** A migrated, empty database of its own: a clone of the template made once per run. */
export async function testDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject('servers');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await queryOnce(adminUrl, `create database ${name} template ${template}`, patient);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => queryOnce(adminUrl, `drop database if exists ${name} with (force)`, patient) };
}

import pg from 'pg';
import { execute } from './query.js';

/** What is written once and never changed: not even the role of the programs may do more than add to it. */
const appendOnly = ['audit_log', 'receipts', 'order_events', 'account_policies'];
const sealed = ['position', 'previous_hash', 'hash']; // of an entry of the audit log, once; a trigger sees to that

/**
 * Gives the role of API, worker and scripts what they need of the present schema and no more: rows, not tables. Whoever
 * takes over one of them can then neither switch a trigger off nor write history anew. Run as the owner, after migrating.
 */
export async function grantToPrograms(databaseUrl: string, role: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const name = client.escapeIdentifier(role);
    await execute(client, 'begin');
    for (const statement of [
      `grant usage on schema public to ${name}`,
      `grant select, insert, update, delete on all tables in schema public to ${name}`,
      `grant usage, select on all sequences in schema public to ${name}`,
      `revoke update, delete on ${appendOnly.join(', ')} from ${name}`,
      `grant update (${sealed.join(', ')}) on audit_log to ${name}`,
      `revoke delete on approvals from ${name}`,
      `revoke insert, update, delete on migrations from ${name}`,
    ]) {
      await execute(client, statement);
    }
    await execute(client, 'commit');
  } finally {
    await client.end();
  }
}

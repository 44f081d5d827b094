import type { TestApp } from './test-app.js';

/** The day in which a proposal could be approved has passed; the database keeps even us from writing it otherwise. */
export async function passes({ deps }: TestApp, subject: string): Promise<void> {
  const db = await deps.pool.connect();
  try {
    await db.query('begin');
    await db.query('set local session_replication_role = replica');
    await db.query(`update approvals set lapses_at = now() where subject = $1 and outcome is null`, [subject]);
    await db.query('commit');
  } finally {
    db.release();
  }
}

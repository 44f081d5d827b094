import { z } from 'zod';
import { cursorText, instant, pageLimit, text } from './text.js';

export const reconcileBody = z.object({
  dry_run: z.boolean().default(false),
  lost_since: instant.optional(),
  reason: text(1, 500).optional(),
});
export const reconcileAnswer = z.object({ run_id: z.string() });

export const pageQuery = z.object({ limit: pageLimit(200, 50), cursor: cursorText });

const countByKind = z.record(z.string(), z.number().int());

export const reconcileRunList = z.object({
  runs: z.array(
    z.object({
      id: z.string(),
      trigger: z.enum(['schedule', 'operator']),
      dry_run: z.boolean(),
      actor: z.string().nullable(),
      examined: countByKind,
      repaired: countByKind,
      failed: countByKind,
      failures: z.array(z.object({ kind: z.string().nullable(), id: z.string().nullable(), message: z.string() })),
      outcome: z.enum(['finished', 'failed']).nullable(),
      started_at: z.string(),
      finished_at: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});

export const auditQuery = z.object({
  action: text(1, 100).optional(),
  actor: text(1, 200).optional(),
  account_id: text(1, 100).optional(),
  order_id: text(1, 100).optional(),
  limit: pageLimit(200, 50),
  cursor: cursorText,
});

const snapshot = z.record(z.string(), z.unknown()).nullable();

/** `previous_hash` and `hash` chain the entries, a moment after they were written: until then they are null. */
export const auditList = z.object({
  entries: z.array(
    z.object({
      id: z.string(),
      seq: z.number().int(),
      at: z.string(),
      actor: z.string(),
      action: z.string(),
      account_id: z.string().nullable(),
      order_id: z.string().nullable(),
      subject: z.string().nullable(),
      reason: z.string().nullable(),
      before: snapshot,
      after: snapshot,
      result: z.string(),
      previous_hash: z.string().nullable(),
      hash: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});

import { adminApi, query } from './admin-api.js';
import { pageAnswer } from './answer.js';
import { byId, command, group, withCursor, withReason } from './command.js';

interface Approval {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly proposed_by: string;
  readonly reason: string | null;
  readonly lapses_at: string;
  readonly outcome: string | null;
}

const list = command({
  words: 'list',
  about: 'What waits for a second person',
  options: (parser) => withCursor(parser),
  run: async ({ cursor }) => {
    const page = await adminApi().call<{ approvals: Approval[]; next_cursor: string | null }>(
      'GET',
      `/v1/admin/approvals${query({ cursor, limit: 50 })}`,
    );
    const lines = page.approvals.map(({ id, kind, subject, proposed_by, lapses_at, reason }) =>
      [id, kind.padEnd(11), subject, `by ${proposed_by}`, `until ${lapses_at}`, reason ?? ''].join('  ').trimEnd(),
    );
    return pageAnswer(page, lines);
  },
});

function decision(verb: 'approve' | 'decline', about: string) {
  return command({
    words: `${verb} <id>`,
    about,
    options: (parser) => withReason(byId(parser)),
    run: async ({ id, reason }) => {
      const path = `/v1/admin/approvals/${encodeURIComponent(id)}/${verb}`;
      const found = await adminApi().call<Approval>('POST', path, reason === undefined ? {} : { reason });
      return { lines: [`${found.id}: ${found.outcome ?? 'waits'}`], json: found };
    },
  });
}

export const approvals = group('approvals', 'What takes two persons: list, approve, decline', [
  list,
  decision('approve', 'Agree to what another person proposed; it is done then'),
  decision('decline', 'Say no, or take back your own'),
]);

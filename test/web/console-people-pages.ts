import type { ConsoleContext } from '../../src/web/console/console-frame.js';
import { consoleApprovalsPage, type ConsoleApproval } from '../../src/web/console/people/console-approvals-page.js';
import { consoleOperatorsPage } from '../../src/web/console/people/console-operators-page.js';
import {
  consoleConfirmPage,
  consoleRecoveryCodesPage,
  consoleSecondFactorPage,
} from '../../src/web/console/people/console-second-factor-page.js';
import { consoleYouPage } from '../../src/web/console/people/console-you-page.js';

const hostile = '"><svg onload=alert(1)>\u202e';
const [thisOne, another] = ['0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002'];

const approval: ConsoleApproval = {
  id: 'apr_0198c0de-0000-7000-8000-000000000003',
  kind: 'policy',
  subject: 'acc_0198c0de-0000-7000-8000-000000000004',
  orderId: null,
  what: { account: hostile, version: 3, in_force: { overpaid: 'case', late: null }, policy: { overpaid: 'keep' } },
  reason: hostile,
  proposedBy: 'operator:mira',
  proposedAt: '2026-11-24T19:20:00.000Z',
  lapsesAt: '2026-11-25T19:20:00.000Z',
  isOwn: false,
  mayDecide: true,
};

/** The pages about the people at the console. */
export function peoplePages(asOne: ConsoleContext): Readonly<Record<string, () => string>> {
  const context: ConsoleContext = { ...asOne, operator: { name: 'ada', role: 'admin' } };
  const operators = [
    { name: 'ada', role: 'admin', hasSecondFactor: true, disabledAt: null, createdAt: '2026-10-01T08:00:00.000Z' },
    {
      name: `m${'i'.repeat(62)}a`,
      role: 'support',
      hasSecondFactor: false,
      disabledAt: null,
      createdAt: '2026-10-02T08:00:00.000Z',
    },
    {
      name: 'rea',
      role: 'read_only',
      hasSecondFactor: false,
      disabledAt: '2026-11-01T08:00:00.000Z',
      createdAt: '2026-10-03T08:00:00.000Z',
    },
  ] as const;
  return {
    approvals: () =>
      consoleApprovalsPage({
        context,
        nextCursor: 'c1',
        approvals: [
          approval,
          {
            ...approval,
            kind: 'honour',
            orderId: 'ord_0123456789ab',
            isOwn: true,
            reason: null,
            what: { cents: 250000, currency: 'USD' },
          },
          {
            ...approval,
            kind: 'admin_key',
            what: { scopes: ['operator:read'], name: 'x'.repeat(200) },
            mayDecide: false,
          },
        ],
      }),
    'approvals-none': () => consoleApprovalsPage({ context, approvals: [], nextCursor: null }),
    operators: () => consoleOperatorsPage({ context, operators, drawn: null }),
    'operators-drawn': () =>
      consoleOperatorsPage({
        context,
        operators,
        drawn: { name: 'ada', password: 'Zm9vYmFyYmF6cXV4cXV1eGNv', waits: true },
      }),
    you: () =>
      consoleYouPage({
        context,
        sessionId: thisOne,
        hasSecondFactor: true,
        sessions: [
          {
            id: thisOne,
            createdAt: '2026-11-24T12:20:00.000Z',
            lastSeenAt: '2026-11-24T19:20:00.000Z',
            address: '2001:db8:1234:5678:9abc:def0:1234:5678',
            agent:
              'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
          },
          {
            id: another,
            createdAt: '2026-11-24T11:20:00.000Z',
            lastSeenAt: '2026-11-24T11:21:00.000Z',
            address: '192.0.2.7',
            agent: hostile,
          },
        ],
      }),
    'second-factor': () =>
      consoleSecondFactorPage({
        context,
        secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        uri: 'otpauth://totp/Driftstack:ada?issuer=Driftstack&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      }),
    'recovery-codes': () =>
      consoleRecoveryCodesPage(
        context,
        Array.from({ length: 10 }, (_, index) => `abcdefg${(index % 6) + 2}-hijklmno`),
      ),
    confirm: () => consoleConfirmPage({ context, next: '/console/operators', hasSecondFactor: true }),
  };
}

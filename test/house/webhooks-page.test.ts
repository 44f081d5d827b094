import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deadInARow, retryWaitsMs } from '../../src/domain/delivery.js';
import { deliveredTypes } from '../../src/domain/outgoing-event.js';
import { signatureHeaders } from '../../src/webhooks/sign.js';
import { sdkType } from '../sdk/sdk-methods.js';
import { misfits } from '../sdk/shapes.js';

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');

const dataTypes: Record<(typeof deliveredTypes)[number], string> = {
  'crypto.order.paid': 'PaidData',
  'crypto.order.failed': 'FailedData',
  'crypto.order.confirming': 'ChangedData',
  'crypto.order.partial': 'PartialData',
  'crypto.order.cancelled': 'ChangedData',
  'crypto.order.refunded': 'ChangedData',
  'crypto.order.late_payment': 'LatePaymentData',
  'crypto.order.overpaid': 'OverpaidData',
  'crypto.order.second_payment': 'SecondPaymentData',
  'crypto.order.case.opened': 'OrderCaseData',
  'crypto.order.case.resolved': 'OrderCaseData',
  'support.case.escalated': 'CaseEscalatedData',
  'test.ping': 'PingData',
};

describe('docs/webhooks.md', () => {
  it('has a section for every type of event and no other', () => {
    const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([...deliveredTypes]);
  });

  it.each(deliveredTypes)(
    '%s: the example has the fields that are sent',
    (type) => {
      const [, example = ''] = new RegExp(`^### ${type}\\n.*?\`\`\`json\\n(.*?)\`\`\``, 'ms').exec(page) ?? [];
      expect(misfits(JSON.parse(example), sdkType(dataTypes[type]))).toEqual([]);
    },
    60_000,
  );

  it('shows the headers of its own example, signatures included', () => {
    const [, headers = '', facts = ''] = /```text\n(.*?)```\n\n```text\n(.*?)```/s.exec(page) ?? [];
    const [, body = '', secret = ''] = /^body: +(.*)\nsecret: +(.*)\n$/.exec(facts) ?? [];
    const sent = { eventId: 'evt_1', eventType: 'test.ping', body, secrets: [secret], nowMs: 1_795_687_200_000 };
    const shown = headers
      .trim()
      .split('\n')
      .map((line) => line.split(': '));
    expect(Object.fromEntries(shown)).toEqual(signatureHeaders(sent));
  });

  it('tells the waits and the limits as they are', () => {
    const words = page.replace(/\s+/g, ' ');
    expect(words).toContain('after 1, 5, 15, 30 and 60 minutes, then 2, 5, 10, 14, 20 and 24 hours');
    expect(words).toContain('12 attempts in about three days');
    const minutes = [1, 5, 15, 30, 60, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * 60)];
    expect(retryWaitsMs).toEqual(minutes.map((each) => each * 60_000));
    expect(words).toContain(`After ${deadInARow} dead letters in a row`);
  });
});

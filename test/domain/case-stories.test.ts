import { describe, expect, it } from 'vitest';
import { plainMeaning } from '../../src/domain/facts/meaning.js';
import { readMeaning } from '../../src/domain/facts/read-meaning.js';
import { strangerMeaning } from '../../src/domain/facts/stranger-meaning.js';
import { redeposit } from '../support/a-payment.js';
import { newOrder, settle, situationOf, type OrderInMemory } from '../support/order-in-memory.js';
import { again, paid, paying, stories, type Shown } from './case-stories.js';

const clocks = { at: '2026-11-25T12:00:00.000Z', partialWindowMs: 60_000 };

function tell(order: OrderInMemory, shown: Shown): void {
  if (shown === 'cancelled') settle(order, plainMeaning(order.status, { kind: 'cancel', id: 'cancel' }), clocks);
  else if (shown === 'a day') {
    settle(order, plainMeaning(order.status, { kind: 'slow_confirmation', id: 'slow' }), clocks);
  } else if ('stranger' in shown) settle(order, strangerMeaning(situationOf(order), shown.stranger), clocks);
  else {
    const [own, ...children] = shown;
    if (own) settle(order, readMeaning(situationOf(order), { bound: own, children }, 'ipn'), clocks);
  }
}

function endOf(ipns: readonly Shown[]) {
  const order = newOrder();
  for (const shown of ipns) tell(order, shown);
  const open = order.cases.filter(({ isOpen }) => isOpen);
  return {
    status: order.status,
    cases: open.map(({ kind, paymentId: id, amount }) => `${kind} ${id} ${amount ?? '–'}`).sort(),
    spread: [...order.payments.values()].map(({ applied, excess, unapplied }) => `${applied} ${excess} ${unapplied}`),
    isWithdrawn: order.isWithdrawn,
  };
}

describe.each(stories)('$name', ({ ipns, status, cases, spread, isWithdrawn }) => {
  const end = {
    status,
    cases,
    ...(spread === undefined ? {} : { spread }),
    ...(isWithdrawn === undefined ? {} : { isWithdrawn }),
  };

  it('ends with its case, told by every IPN of it', () => {
    expect(endOf(ipns)).toMatchObject(end);
  });

  it('ends the same when each IPN comes twice, and the first once more at the end', () => {
    expect(endOf([...ipns.flatMap((shown) => [shown, shown]), ...ipns.slice(0, 1)])).toMatchObject(end);
  });

  it('ends the same when all earlier IPNs come again after the last, the latest of them first', () => {
    expect(endOf([...ipns, ...[...ipns].reverse()])).toMatchObject(end);
  });

  it('opens one case of a kind for each payment, however often it is told', () => {
    const order = newOrder();
    for (const shown of [...ipns, ...ipns]) tell(order, shown);
    const names = order.cases.map(({ kind, paymentId: id }) => `${kind} ${id}`);
    expect(names).toEqual([...new Set(names)]);
  });
});

describe('a case that a person has answered', () => {
  it('is not opened again by another word about the same coins, and is by more of them', () => {
    const order = newOrder();
    for (const shown of [...paying('100', 'finished'), ...again(paid, '50', 'sending')]) tell(order, shown);
    const [second] = order.cases;
    expect(order.cases).toMatchObject([{ kind: 'second_payment', amount: '50' }]);
    if (second) second.isOpen = false;
    tell(order, [paid, redeposit('finished', '50')]);
    expect(order.cases).toHaveLength(1);
    tell(order, [paid, redeposit('finished', '80')]);
    expect(order.cases).toMatchObject([{ isOpen: false }, { kind: 'second_payment', amount: '80', isOpen: true }]);
  });
});

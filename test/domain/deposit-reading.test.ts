import { describe, expect, it } from 'vitest';
import {
  depositMemory,
  depositsToRead,
  mostDepositReads,
  unreadDeposits,
  type DepositRead,
} from '../../src/domain/payments/deposit-reading.js';
import { coins, paymentId } from '../support/a-payment.js';

const ids = (...numbers: number[]) => numbers.map((number) => paymentId(String(number)));
const hundred = ids(...Array.from({ length: 100 }, (_, index) => 1000 + index));
const read = (id: number, status: string | null, minute: number): DepositRead => ({
  paymentId: paymentId(String(id)),
  parentPaymentId: paymentId('1'),
  status,
  coin: 'usdttrc20',
  actuallyPaid: coins('0.01'),
  transactionHash: `hash of ${id}`,
  readAt: `2026-11-25T12:${String(minute).padStart(2, '0')}:00.000Z`,
});
const onRecord = (id: number, providerStatus: string) => ({
  paymentId: paymentId(String(id)),
  parentPaymentId: paymentId('1'),
  providerStatus,
  coin: 'usdttrc20',
  arrived: coins('5'),
  transactionHash: null,
});
const nobodyRang = { rung: new Set<never>() };

describe('which re-deposits are read', () => {
  it('ten at a time, in the order of the list, until each had its turn', () => {
    expect(mostDepositReads).toBe(10);
    const reads: DepositRead[] = [];
    for (let round = 0; round < 10; round += 1) {
      const memory = depositMemory([], reads);
      expect(unreadDeposits(hundred, memory)).toBe(100 - round * 10);
      const now = depositsToRead(hundred, memory, nobodyRang);
      expect(now).toEqual(hundred.slice(round * 10, round * 10 + 10));
      reads.push(...now.map((id) => read(Number(id), 'finished', round)));
    }
    expect(depositsToRead(hundred, depositMemory([], reads), nobodyRang)).toEqual([]);
  });

  it.each(['finished', 'failed', 'expired', 'refunded'])('none whose last read says %s', (status) => {
    expect(depositsToRead(ids(1), depositMemory([], [read(1, status, 1)]), nobodyRang)).toEqual([]);
    expect(depositsToRead(ids(1), depositMemory([onRecord(1, status)], []), nobodyRang)).toEqual([]);
  });

  it('final ones too where something may have been sent back, those read longest ago first', () => {
    const memory = depositMemory([], [read(1, 'finished', 3), read(2, 'finished', 1), read(3, 'finished', 2)]);
    expect(depositsToRead(ids(1, 2, 3), memory, { ...nobodyRang, finalToo: true, most: 2 })).toEqual(ids(2, 3));
  });

  it.each(['waiting', 'confirming', 'sending', 'partially_paid', 'unread', 'hovering', null])(
    'again whose last read says %s: more may follow',
    (status) => {
      expect(depositsToRead(ids(1), depositMemory([], [read(1, status, 1)]), nobodyRang)).toEqual(ids(1));
    },
  );

  it('first one that an IPN rang for, final or not; then those never read; then those read longest ago', () => {
    const memory = depositMemory(
      [],
      [read(1, 'confirming', 3), read(2, 'finished', 1), read(3, 'partially_paid', 2), read(5, null, 1)],
    );
    const rung = { rung: new Set(ids(2)) };
    expect(depositsToRead(ids(1, 2, 3, 4, 5), memory, rung)).toEqual(ids(2, 4, 5, 3, 1));
    expect(depositsToRead(ids(1, 2, 3, 4, 5), memory, { ...rung, most: 2 })).toEqual(ids(2, 4));
  });
});

describe('what is remembered of a re-deposit', () => {
  it('is its last read, else the record: it counts in the sum as if it were read now', () => {
    const memory = depositMemory([onRecord(1, 'partially_paid'), onRecord(2, 'finished')], [read(1, 'finished', 1)]);
    expect(memory.get(paymentId('1'))?.view).toMatchObject({
      extraIds: [],
      parentPaymentId: '1',
      status: 'finished',
      payCurrency: 'usdttrc20',
      actuallyPaid: '0.01',
      transactionHash: 'hash of 1',
    });
    expect(memory.get(paymentId('2'))?.view).toMatchObject({ status: 'finished', actuallyPaid: '5' });
  });

  it('is nothing that counts when the provider did not show it', () => {
    expect(depositMemory([onRecord(1, 'unread')], [read(1, null, 1)]).get(paymentId('1'))?.view).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { knownText, neededPart } from '../../src/domain/search/known-text.js';

describe('what a text names', () => {
  it.each([
    'ord_4f2a77b012cd',
    'ORD_4F2A77B012CD',
    ' ord 4f2a 77b0 12cd ',
    'ord-4f2a-77b0-12cd',
    '4F2A77B012CD',
    '4f2a–77b0–12cd',
  ])('is an order, however it is spelled: %s', (text) => expect(knownText(text).orderId).toBe('ord_4f2a77b012cd'));

  it.each(['ord_4f2a77b012c', 'ord_4f2a77b012cd1', 'order 4f2a77b012cd', '4g2a77b012cd', ''])('is none: %s', (text) =>
    expect(knownText(text).orderId).toBeNull(),
  );

  it('is the number of a payment, with blanks or without', () => {
    expect(knownText('5077125051').paymentId).toBe('5077125051');
    expect(knownText('5077 1250 51').paymentId).toBe('5077125051');
    for (const text of ['042', '0077125051', '49.00', '1'.repeat(33)]) expect(knownText(text).paymentId).toBeNull();
  });

  it('is an address, in any case where case says nothing', () => {
    const ethereum = '0xdAC17F958D2ee523a2206206994597C13D831ec7';
    expect(knownText(ethereum).address).toBe(ethereum.toLowerCase());
    const tron = 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t';
    expect(knownText(` ${tron}\n`).address).toBe(tron);
    expect(knownText('bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a').address).toContain('bitcoincash:');
    for (const text of ['Ada Lovelace', 'ada@example.com', 'short']) expect(knownText(text).address).toBeNull();
  });

  it('is a transaction, with its 0x or without', () => {
    const hash = 'AB'.repeat(32);
    const spellings = ['ab'.repeat(32), `0x${'ab'.repeat(32)}`];
    expect(knownText(hash).transaction).toEqual(spellings);
    expect(knownText(`0x${hash}`).transaction).toEqual(spellings);
    const solana = '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW';
    expect(knownText(solana).transaction).toEqual([solana.toLowerCase()]);
    expect(knownText('deadbeef').transaction).toEqual([]);
  });
});

describe('the part that is looked for', () => {
  it.each([
    ['ORD 4f2a-77', 'ord_4f2a77'],
    ['ord_4f2a77b0…', 'ord_4f2a77b0'],
    ['ord_4f2a77b0...', 'ord_4f2a77b0'],
    ['Ord-4F2A', 'ord_4f2a'],
    ['ordinary', 'ordinary'],
    ['ord', 'ord'],
    ['100%', '100%'],
    ['well…', 'well'],
  ])('of %s is %s', (text, part) => expect(neededPart(text)).toBe(part));
});

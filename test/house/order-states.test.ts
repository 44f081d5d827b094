import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { orderStatesPage } from '../../scripts/print-order-states.js';

const page = readFileSync(new URL('../../docs/order-states.md', import.meta.url), 'utf8');

it('docs/order-states.md is what the table says', () => {
  expect(page, 'run: npx tsx scripts/print-order-states.ts').toBe(orderStatesPage());
});

it('shows moves, refusals and what support must see', () => {
  expect(page).toContain('  pending --> cancelled: cancelled_by_owner\n');
  expect(page).toContain('  failed --> paid: honoured\n');
  expect(page).toMatch(/^\| `payment_finished` \| PAID \| PAID \| PAID \| stays \| stays, case, late \|/m);
  expect(page).toMatch(/^\| `cancelled_by_owner` \| CANCELLED \| – \|/m);
});

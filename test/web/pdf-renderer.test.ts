import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/domain/receipt.js';
import { createPdfRenderer, type PdfJob } from '../../src/web/receipt/pdf-renderer.js';
import { receiptPdf } from '../../src/web/receipt/receipt-pdf.js';

const receipt: Receipt = {
  order_id: 'ord_0123456789ab',
  issued_at: '2026-11-24T19:40:12.345Z',
  status: 'paid',
  product: 'team_manual',
  price_cents: 8000,
  price_currency: 'EUR',
  payment_id: '5745459419',
  paid_at: '2026-11-24T19:40:12.345Z',
  created_at: '2026-11-24T19:21:02.001Z',
};
const job = (orderId: string): PdfJob => ({ receipt: { ...receipt, order_id: orderId }, brandName: 'Driftstack' });

function scripted(most: number) {
  const begun: { job: PdfJob; end: (bytes: Buffer) => void; fail: (failure: Error) => void }[] = [];
  const renderer = createPdfRenderer(
    (asked) => new Promise((end, fail) => begun.push({ job: asked, end, fail })),
    most,
  );
  return { begun, renderer };
}

describe('receipts as PDF', () => {
  it('are drawn once, however many ask meanwhile, and again for who asks later', async () => {
    const { begun, renderer } = scripted(10);
    const asked = Array.from({ length: 200 }, async () => renderer.render(job('ord_a')));
    expect(begun).toHaveLength(1);
    begun[0]?.end(Buffer.from('pdf'));
    expect(new Set((await Promise.all(asked)).map(String))).toEqual(new Set(['pdf']));
    void renderer.render(job('ord_a'));
    expect(begun).toHaveLength(2);
  });

  it('wait in a queue that ends: one too many is sent away, one that is drawn already is not', async () => {
    const { begun, renderer } = scripted(2);
    const [first] = [renderer.render(job('ord_a')), renderer.render(job('ord_b'))];
    expect(renderer.render(job('ord_c'))).toBeNull();
    expect(renderer.render(job('ord_a'))).toBe(first);
    begun[0]?.end(Buffer.from('pdf'));
    await first;
    expect(renderer.render(job('ord_c'))).not.toBeNull();
  });

  it('that could not be drawn leave their place', async () => {
    const { begun, renderer } = scripted(1);
    const failing = renderer.render(job('ord_a'));
    begun[0]?.fail(new Error('no glyphs'));
    await expect(failing).rejects.toThrow('no glyphs');
    expect(renderer.render(job('ord_a'))).not.toBeNull();
  });

  it('are drawn by a thread, byte for byte as here, while this one goes on', async () => {
    const renderer = createPdfRenderer();
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 0);
    const drawn = await Promise.all(['ord_a', 'ord_b', 'ord_c'].map(async (id) => renderer.render(job(id))));
    clearInterval(turning);
    expect(drawn[2]?.equals(await receiptPdf(job('ord_c').receipt, 'Driftstack'))).toBe(true);
    expect(turns).toBeGreaterThan(0);
  });

  it('of something that is no receipt fails alone, and the thread goes on', async () => {
    const renderer = createPdfRenderer();
    const broken = { ...receipt, paid_at: 'never' };
    await expect(renderer.render({ receipt: broken, brandName: 'Driftstack' })).rejects.toThrow('could not be drawn');
    expect((await renderer.render(job('ord_a')))?.subarray(0, 5).toString()).toBe('%PDF-');
  });
});

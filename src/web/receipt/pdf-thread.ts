import { parentPort } from 'node:worker_threads';
import type { PdfAnswer, PdfJob } from './pdf-renderer.js';
import { receiptPdf } from './receipt-pdf.js';

/** A thread of its own: drawing takes tens of milliseconds, in which an event loop would answer nobody. */
parentPort?.on('message', ({ id, receipt, brandName }: PdfJob & { id: number }) => {
  receiptPdf(receipt, brandName).then(
    (bytes) => answer({ id, bytes }),
    (failure: unknown) => answer({ id, failure: failure instanceof Error ? failure.message : String(failure) }),
  );
});

function answer(said: PdfAnswer): void {
  parentPort?.postMessage(said);
}

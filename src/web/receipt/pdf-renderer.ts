import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Receipt } from '../../domain/receipt.js';

export interface PdfJob {
  readonly receipt: Receipt;
  readonly brandName: string;
}

export type PdfAnswer =
  { readonly id: number; readonly bytes: Uint8Array } | { readonly id: number; readonly failure: string };

export interface PdfRenderer {
  /** The PDF of a receipt, drawn once however many ask for it meanwhile; null when too many others wait. */
  render(job: PdfJob): Promise<Buffer> | null;
}

const mostWaiting = 100;

/** Draws one receipt after the other, off the event loop. */
export function createPdfRenderer(
  draw: (job: PdfJob) => Promise<Buffer> = createDrawingThread(),
  most = mostWaiting,
): PdfRenderer {
  const underWay = new Map<string, Promise<Buffer>>();

  return {
    render(job) {
      const name = `${job.brandName} ${JSON.stringify(job.receipt)}`;
      const known = underWay.get(name);
      if (known) return known;
      if (underWay.size >= most) return null;
      const drawn = draw(job).finally(() => underWay.delete(name));
      underWay.set(name, drawn);
      return drawn;
    },
  };
}

interface Waiting {
  readonly resolve: (bytes: Buffer) => void;
  readonly reject: (failure: Error) => void;
}

/** One thread, begun with the first receipt. One that breaks fails what it had in hand; the next receipt gets another. */
function createDrawingThread(): (job: PdfJob) => Promise<Buffer> {
  let thread: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  function begin(): Worker {
    const begun = startThread();
    const fail = (failure: Error) => {
      if (thread !== begun) return;
      thread = null;
      for (const { reject } of waiting.values()) reject(failure);
      waiting.clear();
    };
    begun.unref(); // an idle one keeps no process
    begun.on('message', (said: PdfAnswer) => {
      const asker = waiting.get(said.id);
      waiting.delete(said.id);
      if ('bytes' in said) asker?.resolve(Buffer.from(said.bytes));
      else asker?.reject(new Error(`a receipt could not be drawn: ${said.failure}`));
    });
    begun.on('error', fail);
    begun.on('exit', () => fail(new Error('the thread that draws receipts has ended')));
    return begun;
  }

  return (job) =>
    new Promise<Buffer>((resolve, reject) => {
      thread ??= begin();
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      thread.postMessage({ ...job, id: lastId });
    });
}

/** The built file, or in development the source, which a thread can read no better than Node itself. */
function startThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./pdf-thread.js', import.meta.url));
  const tsx = pathToFileURL(
    createRequire(import.meta.url)
      .resolve('tsx/esm/api')
      .replace(/cjs$/, 'mjs'),
  ).href;
  const source = new URL('./pdf-thread.ts', import.meta.url).href;
  const program = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(source)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
}

import type { Socket } from 'node:net';
import { Transform } from 'node:stream';

/** What happens to the answers that come over a link. The requests go through: what is spoilt was done. */
export interface Toxic {
  /** Each connection is broken after so many more bytes of answers. */
  cutAfter(bytes: number): void;
  /** Answers wait, and trickle. */
  slow(pace: { waitMs: number; bytesPerSecond: number }): void;
  off(): void;
  /** How many connections were cut, or pieces delayed, so far. */
  hits(): number;
  /** The stream that the answers of a connection go through. */
  through(near: Socket): Transform;
}

type Mode =
  | { readonly kind: 'off' }
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'slow'; readonly waitMs: number; readonly bytesPerSecond: number };

export function createToxic(): Toxic {
  let mode: Mode = { kind: 'off' };
  let hits = 0;

  function through(near: Socket): Transform {
    let seen: Mode = mode;
    let left = Infinity;
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        if (mode !== seen || left === Infinity) {
          seen = mode;
          left = mode.kind === 'cut' ? mode.bytes : Infinity;
        }
        if (mode.kind === 'slow') {
          hits += 1;
          setTimeout(() => done(null, chunk), mode.waitMs + (chunk.length / mode.bytesPerSecond) * 1_000);
          return;
        }
        if (chunk.length < left) {
          left -= chunk.length;
          return done(null, chunk);
        }
        hits += 1;
        this.push(chunk.subarray(0, left));
        done();
        setImmediate(() => near.destroy());
      },
    });
  }

  return {
    cutAfter: (bytes) => void (mode = { kind: 'cut', bytes }),
    slow: (pace) => void (mode = { kind: 'slow', ...pace }),
    off: () => void (mode = { kind: 'off' }),
    hits: () => hits,
    through,
  };
}

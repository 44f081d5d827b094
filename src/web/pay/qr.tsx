import type { VNode } from 'preact';
import { qrPath } from './payment-qr.js';

/** A text as a QR code, black on white whatever the page's colours: scanners want it so. */
export function Qr({ text, label }: { text: string; label: string }): VNode {
  const { path, width } = qrPath(text);
  const margin = 4; // the quiet zone that scanners ask for
  const side = width + 2 * margin;
  return (
    <svg
      class="qr"
      viewBox={`${-margin} ${-margin} ${side} ${side}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect x={-margin} y={-margin} width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

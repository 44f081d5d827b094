import type { VNode } from 'preact';

/** `2026-11-24 19:40 UTC`: one spelling for people of all countries, marked up for machines. */
export function Instant({ iso, seconds = false }: { iso: string; seconds?: boolean }): VNode {
  return <time dateTime={iso}>{instantText(iso, seconds)}</time>;
}

/** The same, to which the page's script adds what a payer's own clock says. */
export function PayerInstant({ iso }: { iso: string }): VNode {
  return (
    <time dateTime={iso} data-local>
      {instantText(iso)}
    </time>
  );
}

export function instantText(iso: string, seconds = false): string {
  const text = new Date(iso).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, seconds ? 19 : 16)} UTC`;
}

/** `59:58`, or `1:02:03`: what is left of a wait, as the countdown writes it too. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

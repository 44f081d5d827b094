import type { VNode } from 'preact';
import { printableLines, printableText } from '../printable-text.js';
import { logoUrl } from '../theme.js';
import type { PageSeller } from './payment-state.js';
import type { Strings } from './strings/en.js';

/** At the top of the page: the name, with the logo where there is one. */
export function Brand({ name, logoSha256 }: PageSeller): VNode {
  return (
    <span class={logoSha256 === null ? 'brand' : 'brand with-logo'}>
      {logoSha256 !== null && <img class="logo" src={logoUrl(logoSha256)} alt="" />}
      {printableText(name)}
    </span>
  );
}

interface ContactProps {
  readonly address: string;
  readonly orderId: string;
}

/** Where to write to. A mail begins with the order's number, so that nobody has to ask for it. */
export function Contact({ address, orderId }: ContactProps): VNode {
  const isUrl = address.startsWith('https://');
  const mail = encodeURIComponent(address).replace('%40', '@');
  const href = isUrl ? address : `mailto:${mail}?subject=${encodeURIComponent(orderId)}`;
  return (
    <a class="contact" href={href} rel="noreferrer">
      <bdi>{isUrl ? address.replace(/^https:\/\//, '').replace(/\/$/, '') : address}</bdi>
    </a>
  );
}

interface FooterProps {
  readonly seller: PageSeller;
  readonly orderId: string;
  readonly strings: Strings;
}

/** Below the card: who it is by law, and where to ask. Nothing where the account says nothing of it. */
export function SellerFooter({ seller, orderId, strings }: FooterProps): VNode | null {
  const { legalName, postalAddress, supportAddress } = seller;
  const lines = [legalName, ...(postalAddress?.split('\n') ?? [])].filter((line) => line !== null);
  if (lines.length === 0 && supportAddress === null) return null;
  return (
    <footer class="seller quiet">
      {lines.length > 0 && (
        <p>
          {strings.soldBy} <bdi>{printableLines(lines.join(', '))}</bdi>
        </p>
      )}
      {supportAddress !== null && (
        <p>
          {strings.support} <Contact address={supportAddress} orderId={orderId} />
        </p>
      )}
    </footer>
  );
}

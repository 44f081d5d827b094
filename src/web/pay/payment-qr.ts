import QRCode from 'qrcode';
import { xAddress } from './x-address.js';

interface Payable {
  readonly address: string;
  readonly extraId: string | null;
  readonly currency: string;
  readonly network: string | null;
  readonly amount: string;
}

interface Scheme {
  readonly scheme: string;
  readonly address: RegExp;
}

const base58 = '[1-9A-HJ-NP-Za-km-z]';

// Native coins only. A token's address looks like its chain's, and a wallet that ignores half of a URI would send the
// chain's own coin, or send to the token's contract: those get the plain address and nothing else.
const bip21: Readonly<Record<string, Scheme>> = {
  btc: { scheme: 'bitcoin', address: new RegExp(`^(bc1[02-9ac-hj-np-z]{8,87}|[13]${base58}{25,34})$`) },
  ltc: { scheme: 'litecoin', address: new RegExp(`^(ltc1[02-9ac-hj-np-z]{8,87}|[LM3]${base58}{25,34})$`) },
  doge: { scheme: 'dogecoin', address: new RegExp(`^[DA9]${base58}{25,34}$`) },
};
const bip21Decimals = 8;
const cashAddress = /^(?:bitcoincash:)?([qp][02-9ac-hj-np-z]{41})$/;

const ethereumAddress = /^0x[0-9a-fA-F]{40}$/;
const weiDecimals = 18;

/** A link that wallets open with amount filled in: BIP21 or EIP-681. Null where no wallet can be trusted with one. */
export function paymentUri({ address, extraId, currency, network, amount }: Payable): string | null {
  const code = currency.toLowerCase();
  if (extraId !== null || (network ?? code).toLowerCase() !== code) return null;
  if (code === 'eth') {
    const wei = ethereumAddress.test(address) ? smallestUnits(amount, weiDecimals) : null;
    return wei && `ethereum:${address}@1?value=${wei}`;
  }
  const cash = code === 'bch' ? cashAddress.exec(address)?.[1] : undefined;
  if (cash && smallestUnits(amount, bip21Decimals)) return `bitcoincash:${cash}?amount=${amount}`;
  const known = Object.hasOwn(bip21, code) ? bip21[code] : undefined;
  if (!known?.address.test(address) || smallestUnits(amount, bip21Decimals) === null) return null;
  return `${known.scheme}:${address}?amount=${amount}`;
}

/** What a wallet may scan to know where to: all of it. Null where a code would leave out the memo. */
export function codeOfDestination({ address, extraId, currency }: Omit<Payable, 'amount'>): string | null {
  if (extraId === null) return address;
  return currency.toLowerCase() === 'xrp' ? xAddress(address, extraId) : null;
}

/** Decimal text as a whole number of smallest units; null when it is none, zero, or finer than the coin. */
function smallestUnits(amount: string, decimals: number): string | null {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  if (whole === undefined || fraction.length > decimals) return null;
  const units = (whole + fraction.padEnd(decimals, '0')).replace(/^0+/, '');
  return units === '' ? null : units;
}

/** A QR code as the path of an SVG, one unit per module, and its width in modules. */
export function qrPath(text: string): { path: string; width: number } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const width = modules.size;
  const rows = Array.from({ length: width }, (_, y) => Array.from(modules.data.slice(y * width, (y + 1) * width)));
  const path = rows
    .flatMap((row, y) => darkStretches(row).map(({ x, length }) => `M${x} ${y}h${length}v1h-${length}z`))
    .join('');
  return { path, width };
}

function darkStretches(row: readonly number[]): { x: number; length: number }[] {
  return [...row.map(String).join('').matchAll(/1+/g)].map((match) => ({ x: match.index, length: match[0].length }));
}

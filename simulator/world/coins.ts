import { divideUp, isLess, multiply, type AmountText } from '../decimal.js';
import { seededHex, seededText } from '../seeded.js';

export interface Coin {
  code: string;
  name: string;
  ticker: string;
  network: string;
  usd: AmountText;
  decimals: number;
  floorUsd: AmountText;
  ceilingUsd: AmountText | null;
  hasMemo: boolean;
  payable: boolean;
  /** As the provider lists them. They disagree now and then; the smaller one is `decimals`. */
  precision: number;
  networkPrecision: number;
}

type Row = [code: string, name: string, ticker: string, network: string, usd: string, decimals: number, floor: string];

function coin([code, name, ticker, network, usd, decimals, floorUsd]: Row, more: Partial<Coin> = {}): Coin {
  const usual = { ceilingUsd: null, hasMemo: false, payable: true, precision: decimals, networkPrecision: decimals };
  return { code, name, ticker, network, usd, decimals, floorUsd, ...usual, ...more };
}

export const coins: readonly Coin[] = [
  coin(['btc', 'Bitcoin', 'btc', 'btc', '60000', 8, '10']),
  coin(['eth', 'Ethereum', 'eth', 'eth', '3000', 8, '10'], { networkPrecision: 18 }),
  coin(['ltc', 'Litecoin', 'ltc', 'ltc', '80', 8, '2']),
  coin(['trx', 'Tron', 'trx', 'trx', '0.25', 6, '2']),
  coin(['usdttrc20', 'Tether USD (Tron)', 'usdt', 'trx', '0.9995', 6, '5'], { precision: 8 }),
  coin(['usdterc20', 'Tether USD (Ethereum)', 'usdt', 'eth', '0.9995', 6, '20'], { precision: 8 }),
  coin(['usdcerc20', 'USD Coin (Ethereum)', 'usdc', 'eth', '1', 6, '20']),
  coin(['xrp', 'Ripple', 'xrp', 'xrp', '0.5', 6, '2'], { hasMemo: true }),
  coin(['xlm', 'Stellar', 'xlm', 'xlm', '0.1', 7, '2'], { hasMemo: true }),
  coin(['xno', 'Nano', 'xno', 'xno', '1.2', 30, '1'], { ceilingUsd: '2000' }),
  coin(['doge', 'Dogecoin', 'doge', 'doge', '0.1', 8, '2'], { payable: false }),
];

const coinsByCode = new Map(coins.map((known) => [known.code, known]));

const fiatUsd: Readonly<Record<string, AmountText>> = {
  usd: '1',
  eur: '1.08',
  gbp: '1.27',
  cad: '0.73',
  aud: '0.66',
  ils: '0.27',
  ron: '0.22',
};

export function findCoin(code: string): Coin | undefined {
  return coinsByCode.get(code.toLowerCase());
}

export function isFiat(code: string): boolean {
  return Object.hasOwn(fiatUsd, code.toLowerCase());
}

export function usdRate(code: string): AmountText | undefined {
  return isFiat(code) ? fiatUsd[code.toLowerCase()] : findCoin(code)?.usd;
}

/** How much of `to` the amount of `from` is worth, rounded up; undefined when a currency is unknown. */
export function convertUp(amount: AmountText, from: string, to: string): AmountText | undefined {
  const rateFrom = usdRate(from);
  const rateTo = usdRate(to);
  if (rateFrom === undefined || rateTo === undefined) return undefined;
  return divideUp(multiply(amount, rateFrom), rateTo, findCoin(to)?.decimals ?? 2);
}

export function isBelowFloor(amount: AmountText, of: Coin): boolean {
  return isLess(multiply(amount, of.usd), of.floorUsd);
}

export function isAboveCeiling(amount: AmountText, of: Coin): boolean {
  return of.ceilingUsd !== null && isLess(of.ceilingUsd, multiply(amount, of.usd));
}

export function floorOf(of: Coin): AmountText {
  return divideUp(of.floorUsd, of.usd, of.decimals);
}

/** The coin somebody grabs by mistake: one that the same address could hold, else the cheapest to send. */
export function otherCoin(code: string): string {
  const network = findCoin(code)?.network;
  const neighbour = coins.find((known) => known.network === network && known.code !== code && known.payable);
  return neighbour?.code ?? (code === 'trx' ? 'ltc' : 'trx');
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const NANO = '13456789abcdefghijkmnopqrstuwxyz';

/** Right at a glance, wrong in the checksum: no wallet will send real coins to it. */
export function addressFor(of: Coin, seed: number, n: number): string {
  switch (of.network) {
    case 'btc':
      return `bc1q${seededText(seed, 'address', n, 38, BECH32)}`;
    case 'ltc':
      return `ltc1q${seededText(seed, 'address', n, 38, BECH32)}`;
    case 'eth':
      return `0x${seededHex(seed, 'address', n, 40)}`;
    case 'trx':
      return `T${seededText(seed, 'address', n, 33, BASE58)}`;
    case 'xrp':
      return `r${seededText(seed, 'address', n, 33, BASE58)}`;
    case 'xlm':
      return `G${seededText(seed, 'address', n, 55, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;
    case 'xno':
      return `nano_1${seededText(seed, 'address', n, 59, NANO)}`;
    default:
      return `D${seededText(seed, 'address', n, 33, BASE58)}`;
  }
}

/** The number of the payment leads, so that two memos can never be equal. */
export function memoFor(of: Coin, seed: number, n: number): string | null {
  return of.hasMemo ? `${n + 1}${seededText(seed, 'memo', n, 6, '0123456789')}` : null;
}

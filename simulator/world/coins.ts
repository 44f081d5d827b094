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

type Told = 'code' | 'name' | 'usd' | 'decimals' | 'floorUsd';

/** Most coins have a chain of their own, no ceiling and no memo. */
function coin(told: Pick<Coin, Told> & Partial<Coin>): Coin {
  const { code, decimals } = told;
  return {
    ticker: code,
    network: code,
    ceilingUsd: null,
    hasMemo: false,
    payable: true,
    precision: decimals,
    networkPrecision: decimals,
    ...told,
  };
}

const tether = { ticker: 'usdt', usd: '0.9995', decimals: 6, precision: 8 };

export const coins: readonly Coin[] = [
  coin({ code: 'btc', name: 'Bitcoin', usd: '60000', decimals: 8, floorUsd: '10' }),
  coin({ code: 'eth', name: 'Ethereum', usd: '3000', decimals: 8, floorUsd: '10', networkPrecision: 18 }),
  coin({ code: 'ltc', name: 'Litecoin', usd: '80', decimals: 8, floorUsd: '2' }),
  coin({ code: 'trx', name: 'Tron', usd: '0.25', decimals: 6, floorUsd: '2' }),
  coin({ code: 'usdttrc20', name: 'Tether USD (Tron)', network: 'trx', floorUsd: '5', ...tether }),
  coin({ code: 'usdterc20', name: 'Tether USD (Ethereum)', network: 'eth', floorUsd: '20', ...tether }),
  coin({
    code: 'usdcerc20',
    name: 'USD Coin (Ethereum)',
    ticker: 'usdc',
    network: 'eth',
    usd: '1',
    decimals: 6,
    floorUsd: '20',
  }),
  coin({ code: 'xrp', name: 'Ripple', usd: '0.5', decimals: 6, floorUsd: '2', hasMemo: true }),
  coin({ code: 'xlm', name: 'Stellar', usd: '0.1', decimals: 7, floorUsd: '2', hasMemo: true }),
  coin({ code: 'xno', name: 'Nano', usd: '1.2', decimals: 30, floorUsd: '1', ceilingUsd: '2000' }),
  coin({ code: 'doge', name: 'Dogecoin', usd: '0.1', decimals: 8, floorUsd: '2', payable: false }),
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
  const draw = { seed, stream: 'address', n };
  switch (of.network) {
    case 'btc':
      return `bc1q${seededText(draw, 38, BECH32)}`;
    case 'ltc':
      return `ltc1q${seededText(draw, 38, BECH32)}`;
    case 'eth':
      return `0x${seededHex(draw, 40)}`;
    case 'trx':
      return `T${seededText(draw, 33, BASE58)}`;
    case 'xrp':
      return `r${seededText(draw, 33, BASE58)}`;
    case 'xlm':
      return `G${seededText(draw, 55, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;
    case 'xno':
      return `nano_1${seededText(draw, 59, NANO)}`;
    default:
      return `D${seededText(draw, 33, BASE58)}`;
  }
}

/** The number of the payment leads, so that two memos can never be equal. */
export function memoFor(of: Coin, seed: number, n: number): string | null {
  return of.hasMemo ? `${n + 1}${seededText({ seed, stream: 'memo', n }, 6, '0123456789')}` : null;
}

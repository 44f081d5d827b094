// How people call what the provider codes; anything not listed is shown by its code, in capitals.
const tickers: Readonly<Record<string, string>> = {
  usdttrc20: 'USDT',
  usdterc20: 'USDT',
  usdtbsc: 'USDT',
  usdtsol: 'USDT',
  usdtmatic: 'USDT',
  usdcerc20: 'USDC',
  usdctrc20: 'USDC',
  usdcbsc: 'USDC',
  usdcsol: 'USDC',
  usdcmatic: 'USDC',
  usdcbase: 'USDC',
  bnbbsc: 'BNB',
  ethbase: 'ETH',
  etharb: 'ETH',
  maticmainnet: 'POL',
};

const networks: Readonly<Record<string, string>> = {
  btc: 'Bitcoin',
  eth: 'Ethereum',
  trx: 'Tron',
  bsc: 'BNB Smart Chain',
  matic: 'Polygon',
  sol: 'Solana',
  base: 'Base',
  arbitrum: 'Arbitrum',
  ltc: 'Litecoin',
  doge: 'Dogecoin',
  bch: 'Bitcoin Cash',
  xrp: 'XRP Ledger',
  xlm: 'Stellar',
  xno: 'Nano',
  xmr: 'Monero',
  ton: 'TON',
};

const standards: readonly [RegExp, string][] = [
  [/^usd[tc]trc20$/, 'TRC-20'],
  [/^usd[tc]erc20$/, 'ERC-20'],
  [/^usd[tc]bsc$/, 'BEP-20'],
];

export function coinTicker(currency: string): string {
  return named(tickers, currency) ?? currency.toUpperCase();
}

/** `Tron (TRC-20)`: the network by name, and the token's standard where exchanges ask for it. */
export function networkName(network: string | null, currency: string): string {
  const chain = network ?? currency;
  const name = named(networks, chain) ?? chain.toUpperCase();
  const standard = standards.find(([code]) => code.test(currency))?.[1];
  return standard ? `${name} (${standard})` : name;
}

function named(names: Readonly<Record<string, string>>, code: string): string | undefined {
  const key = code.toLowerCase();
  return Object.hasOwn(names, key) ? names[key] : undefined;
}

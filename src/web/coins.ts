interface Coin {
  readonly ticker: string;
  readonly standard?: string; // of a token, where exchanges ask for it
}

// How people call what the provider codes; anything not listed is shown by its code, in capitals.
const coins: Readonly<Record<string, Coin>> = {
  usdttrc20: { ticker: 'USDT', standard: 'TRC-20' },
  usdterc20: { ticker: 'USDT', standard: 'ERC-20' },
  usdtbsc: { ticker: 'USDT', standard: 'BEP-20' },
  usdtsol: { ticker: 'USDT' },
  usdtmatic: { ticker: 'USDT' },
  usdctrc20: { ticker: 'USDC', standard: 'TRC-20' },
  usdcerc20: { ticker: 'USDC', standard: 'ERC-20' },
  usdcbsc: { ticker: 'USDC', standard: 'BEP-20' },
  usdcsol: { ticker: 'USDC' },
  usdcmatic: { ticker: 'USDC' },
  usdcbase: { ticker: 'USDC' },
  bnbbsc: { ticker: 'BNB' },
  ethbase: { ticker: 'ETH' },
  etharb: { ticker: 'ETH' },
  maticmainnet: { ticker: 'POL' },
};

interface Network {
  readonly name: string;
  readonly explorer?: string; // where the public sees what an address received
}

const networks: Readonly<Record<string, Network>> = {
  btc: { name: 'Bitcoin', explorer: 'https://mempool.space/address/' },
  eth: { name: 'Ethereum', explorer: 'https://etherscan.io/address/' },
  trx: { name: 'Tron', explorer: 'https://tronscan.org/#/address/' },
  bsc: { name: 'BNB Smart Chain', explorer: 'https://bscscan.com/address/' },
  matic: { name: 'Polygon', explorer: 'https://polygonscan.com/address/' },
  sol: { name: 'Solana', explorer: 'https://solscan.io/account/' },
  base: { name: 'Base', explorer: 'https://basescan.org/address/' },
  arbitrum: { name: 'Arbitrum', explorer: 'https://arbiscan.io/address/' },
  ltc: { name: 'Litecoin', explorer: 'https://blockchair.com/litecoin/address/' },
  doge: { name: 'Dogecoin', explorer: 'https://blockchair.com/dogecoin/address/' },
  bch: { name: 'Bitcoin Cash', explorer: 'https://blockchair.com/bitcoin-cash/address/' },
  xrp: { name: 'XRP Ledger', explorer: 'https://xrpscan.com/account/' },
  xlm: { name: 'Stellar', explorer: 'https://stellar.expert/explorer/public/account/' },
  xno: { name: 'Nano' },
  xmr: { name: 'Monero' },
  ton: { name: 'TON' },
};

export function coinTicker(currency: string): string {
  return listed(coins, currency)?.ticker ?? currency.toUpperCase();
}

/** `Tron (TRC-20)`: the network by name, and the token's standard. */
export function networkName(network: string | null, currency: string): string {
  const chain = network ?? currency;
  const name = listed(networks, chain)?.name ?? chain.toUpperCase();
  const standard = listed(coins, currency)?.standard;
  return standard ? `${name} (${standard})` : name;
}

/** Where the public can see what an address received; null for a network without a known explorer. */
export function explorerUrl(network: string | null, address: string): string | null {
  const explorer = network === null ? undefined : listed(networks, network)?.explorer;
  return explorer ? explorer + encodeURIComponent(address) : null;
}

function listed<Entry>(entries: Readonly<Record<string, Entry>>, code: string): Entry | undefined {
  const key = code.toLowerCase();
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

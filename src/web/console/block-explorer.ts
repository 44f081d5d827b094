const explorers: Readonly<Record<string, string>> = {
  btc: 'https://mempool.space/address/',
  eth: 'https://etherscan.io/address/',
  trx: 'https://tronscan.org/#/address/',
  bsc: 'https://bscscan.com/address/',
  matic: 'https://polygonscan.com/address/',
  base: 'https://basescan.org/address/',
  arbitrum: 'https://arbiscan.io/address/',
  sol: 'https://solscan.io/account/',
  ltc: 'https://blockchair.com/litecoin/address/',
  doge: 'https://blockchair.com/dogecoin/address/',
  bch: 'https://blockchair.com/bitcoin-cash/address/',
  xrp: 'https://xrpscan.com/account/',
  xlm: 'https://stellar.expert/explorer/public/account/',
};

/** Where the public can see what an address received; null for a network without a known explorer. */
export function explorerUrl(network: string | null, address: string): string | null {
  const key = network?.toLowerCase() ?? '';
  return Object.hasOwn(explorers, key) ? `${explorers[key]}${encodeURIComponent(address)}` : null;
}

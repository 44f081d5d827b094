const base58 = '[1-9A-HJ-NP-Za-km-z]';
const bech32 = '[02-9ac-hj-np-z]';

interface Shape {
  readonly coins: RegExp;
  readonly networks: RegExp;
  readonly address: RegExp;
}

/** Networks whose addresses look like no other. Others pass: a new coin must not need a new release. */
const shapes: readonly Shape[] = [
  { coins: /^trx$|trc20$/, networks: /^(?:trx|tron)$/, address: new RegExp(`^T${base58}{33}$`) },
  {
    coins: /^eth$|erc20$|bsc$|matic$/,
    networks: /^(?:eth|bsc|matic|arbitrum|base|op)$/,
    address: /^0x[0-9a-fA-F]{40}$/,
  },
  {
    coins: /^btc$/,
    networks: /^btc$/,
    address: new RegExp(`^(?:(?:bc|tb)1${bech32}{11,87}|[123mn]${base58}{25,34})$`),
  },
  {
    coins: /^ltc$/,
    networks: /^ltc$/,
    address: new RegExp(`^(?:t?ltc1${bech32}{11,87}|[LM23mn]${base58}{25,34})$`),
  },
  { coins: /^xrp$/, networks: /^xrp$/, address: new RegExp(`^r${base58}{24,34}$`) },
  { coins: /^xlm$/, networks: /^xlm$/, address: /^G[A-Z2-7]{55}$/ },
];

/** False when the address belongs to another network. Shape only: checksums are the wallet's work. */
export function addressFits(address: string, { coin, network }: { coin: string; network: string | null }): boolean {
  // The coin was our choice, the network is the provider's remark: the coin speaks first.
  const shape =
    shapes.find(({ coins }) => coins.test(coin)) ?? shapes.find(({ networks }) => networks.test(network ?? ''));
  return shape === undefined || shape.address.test(address);
}

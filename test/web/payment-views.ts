import type { PageSeller, PaymentPageView, PayTarget } from '../../src/web/pay/payment-state.js';
import { logoSha256 } from '../support/a-logo.js';

const usdt: PayTarget = {
  address: 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf',
  extraId: null,
  currency: 'usdttrc20',
  network: 'trx',
  owed: '249.124562',
  arrived: '0',
  amountText: '249.124562',
};

export const pending: PaymentPageView = {
  seller: {
    name: 'Driftstack',
    logoSha256: null,
    accentColour: null,
    supportAddress: null,
    legalName: null,
    postalAddress: null,
  },
  token: 'p4yT0kenp4yT0kenp4yT0ken',
  orderId: 'ord_0123456789ab',
  product: 'team_manual',
  productNames: {},
  price: { cents: 24900, currency: 'USD' },
  status: 'pending',
  failedReason: null,
  provider: 'nowpayments',
  nextAction: 'pay',
  choice: null,
  mayChooseAnother: false,
  pay: usdt,
  isAddressWithheld: false,
  isWrongAsset: false,
  hasLateMoney: false,
  hasEarlierMoney: false,
  expiresAt: '2026-11-24T20:40:00.000Z',
  paidAt: null,
  description: null,
  successUrl: null,
  returnUrl: null,
  cancelUrl: null,
  surplus: null,
  version: 1,
  mark: '1.1764012800000',
  nowIso: '2026-11-24T19:42:11.000Z',
};

/** Whoever said all that a profile has room for. */
const branded: PageSeller = {
  name: 'Corner Books & Papers of Musterstadt',
  logoSha256,
  accentColour: '#7a2e8a',
  supportAddress: 'help@corner-books-and-papers.example',
  legalName: 'Corner Books & Papers GmbH',
  postalAddress: 'Marktplatz 1\n12345 Musterstadt\nGermany',
};

const coinOptions = [
  { code: 'btc', network: 'btc', estimate: '0.00415', minimum: '0.00017', isTooSmall: false },
  { code: 'usdttrc20', network: 'trx', estimate: '249.124562', minimum: '5.0026', isTooSmall: false },
  { code: 'xrp', network: 'xrp', estimate: null, minimum: null, isTooSmall: false },
  { code: 'usdterc20', network: 'eth', estimate: '249.124562', minimum: '300', isTooSmall: true },
];

const asked = { nextAction: 'contact_support', pay: null, expiresAt: null, version: 2 } as const;
const closed = { pay: null, expiresAt: null, version: 3 };

/** One view for each thing that the page can say, and the variants of paying. */
export const views: Readonly<Record<string, PaymentPageView>> = {
  pay: pending,
  payOrAnother: { ...pending, mayChooseAnother: true },
  choose: {
    ...pending,
    nextAction: 'choose_coin',
    pay: null,
    choice: { options: coinOptions, chosen: null, isRefused: false },
  },
  chooseAgain: {
    ...pending,
    nextAction: 'choose_coin',
    pay: null,
    version: 3,
    choice: { options: coinOptions, chosen: null, isRefused: true },
  },
  chooseAway: {
    ...pending,
    nextAction: 'choose_coin',
    pay: null,
    choice: { options: null, chosen: null, isRefused: false },
  },
  payBitcoin: {
    ...pending,
    pay: {
      ...usdt,
      address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      currency: 'btc',
      network: 'btc',
      owed: '0.00415207',
      amountText: '0.00415207',
    },
  },
  payWithMemo: {
    ...pending,
    product: 'Größeres Paket “Plus” 管理プラン for a whole organisation with a long name',
    pay: {
      ...usdt,
      address: 'GAHJJJKMOKYE4RVPZEWZTKH5FVI4PA3VL7GK2LFNUBSGBV6OJP7TQSLX',
      extraId: '340917662',
      currency: 'xlm',
      network: 'xlm',
      owed: '498.000001',
      amountText: '498.000001',
    },
  },
  payWithTagCode: {
    ...pending,
    pay: {
      ...usdt,
      address: 'r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59',
      extraId: '11747',
      currency: 'xrp',
      network: 'xrp',
      owed: '498.000001',
      amountText: '498.000001',
    },
  },
  payBranded: { ...pending, seller: branded },
  chooseBranded: {
    ...pending,
    seller: branded,
    nextAction: 'choose_coin',
    pay: null,
    choice: { options: coinOptions, chosen: null, isRefused: false },
  },
  lateBranded: {
    ...pending,
    ...closed,
    seller: branded,
    status: 'failed',
    failedReason: 'expired',
    hasLateMoney: true,
  },
  payFromShop: {
    ...pending,
    seller: branded,
    mayChooseAnother: true,
    description: 'Twelve rolls of wrapping paper, sea-green, delivered to the shop in the Marktplatz',
    cancelUrl: 'https://shop.example/basket',
  },
  paidTooMuch: {
    ...pending,
    ...closed,
    seller: branded,
    status: 'paid',
    paidAt: '2026-11-24T19:44:00.000Z',
    surplus: 'overpaid',
    returnUrl: 'https://shop.example/',
  },
  payWideName: { ...pending, seller: { ...pending.seller, name: 'W'.repeat(40) } },
  timeUp: { ...pending, nowIso: '2026-11-24T20:40:00.000Z' },
  minting: { ...pending, pay: null },
  unavailable: { ...pending, pay: null, provider: 'stub' },
  confirming: { ...pending, ...closed, status: 'confirming' },
  topUp: {
    ...pending,
    status: 'partial',
    expiresAt: '2026-12-01T19:42:00.000Z',
    nextAction: 'top_up',
    pay: { ...usdt, arrived: '200', amountText: '49.124562' },
    version: 2,
  },
  wrongAsset: { ...pending, ...asked, status: 'partial', isWrongAsset: true },
  lookedAt: { ...pending, ...asked, status: 'partial' },
  lookedAtConfirming: { ...pending, ...asked, status: 'confirming' },
  lookedAtPending: { ...pending, ...asked },
  topUpSeen: { ...pending, ...asked, status: 'partial', nextAction: 'wait' },
  paid: { ...pending, ...closed, status: 'paid', paidAt: '2026-11-24T19:44:00.000Z' },
  paidWithShop: {
    ...pending,
    ...closed,
    status: 'paid',
    paidAt: '2026-11-24T19:44:00.000Z',
    successUrl: 'https://shop.example/thanks',
  },
  expired: { ...pending, ...closed, status: 'failed', failedReason: 'expired' },
  failed: { ...pending, ...closed, status: 'failed', failedReason: 'ipn' },
  cancelled: { ...pending, ...closed, status: 'cancelled' },
  incomplete: { ...pending, ...closed, status: 'failed', failedReason: 'expired', hasEarlierMoney: true },
  declined: { ...pending, ...closed, status: 'failed', failedReason: 'declined', hasEarlierMoney: true },
  late: { ...pending, ...closed, status: 'failed', failedReason: 'expired', hasLateMoney: true },
};

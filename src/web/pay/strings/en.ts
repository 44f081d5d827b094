import type { ComponentChild } from 'preact';
import type { PaymentState, Surplus } from '../payment-state.js';

/** A sentence with something of the page in its midst. */
export type Sentence = (time: ComponentChild) => readonly ComponentChild[];

/** Everything that a payer reads, in one language. */
export interface Strings {
  readonly language: string;
  readonly languageName: string; // as its speakers write it
  readonly direction: 'ltr' | 'rtl';
  readonly languages: string;
  readonly pageTitle: (heading: string, brandName: string) => string;
  readonly states: Readonly<Record<PaymentState, { readonly heading: string; readonly text: string }>>;
  readonly choice: {
    readonly estimated: string;
    readonly tooSmall: (minimum: string) => string;
    readonly away: string;
    readonly refused: string;
    readonly another: string;
  };
  readonly steps: { readonly label: string; readonly send: string; readonly confirm: string; readonly done: string };
  readonly order: string;
  readonly price: string;
  readonly amount: string;
  readonly amountMissing: string;
  readonly arrived: (arrived: string, owed: string) => string;
  readonly network: string;
  readonly address: string;
  readonly extraId: string;
  readonly extraIdWarning: string;
  readonly networkWarning: (ticker: string, network: string) => string;
  readonly exactAmount: string;
  readonly copy: { readonly amount: string; readonly address: string; readonly extraId: string; readonly done: string };
  readonly timeLeft: string;
  readonly payUntil: Sentence;
  readonly topUpUntil: Sentence;
  readonly noQr: string;
  readonly qrAddress: string;
  readonly qrTagged: string;
  readonly taggedHint: string;
  readonly qrUri: string;
  readonly qrUriSummary: string;
  readonly openWallet: string;
  readonly receipt: string;
  readonly backToShop: string;
  readonly paidAt: Sentence;
  readonly leave: string; // the way back while it is not paid
  readonly surplus: Readonly<Record<Surplus, string>>;
  readonly soldBy: string; // before a name and an address
  readonly support: string; // before an address to write to
  readonly writeTo: string; // the same, where something went wrong
  readonly withoutScript: string;
  readonly connectionLost: string;
  readonly notFound: { readonly heading: string; readonly text: string };
  readonly away: { readonly heading: string; readonly text: string };
  readonly tooMany: { readonly heading: string; readonly text: string };
}

export const en: Strings = {
  language: 'en',
  languageName: 'English',
  direction: 'ltr',
  languages: 'Language',
  pageTitle: (heading, brandName) => `${heading} · ${brandName}`,
  states: {
    choose: { heading: 'Choose a coin', text: 'The address and the exact amount follow.' },
    pay: { heading: 'Waiting for your payment', text: 'This page notices your payment by itself.' },
    time_up: {
      heading: 'Time is up',
      text: 'We are looking one last time whether a payment arrived. Please do not send anything now.',
    },
    minting: { heading: 'Preparing your payment', text: 'The payment address will be here in a moment.' },
    unavailable: {
      heading: 'This order cannot be paid here',
      text: 'Please do not send any coins. The seller can help you; have the order number ready.',
    },
    confirming: {
      heading: 'Payment seen',
      text: 'The network is confirming it. There is nothing more to do; you may close this page.',
    },
    top_up: {
      heading: 'A part is still missing',
      text: 'Less arrived than was due. Send the rest to the same address.',
    },
    wrong_asset: {
      heading: 'Another coin arrived',
      text: 'The coins you sent are not the ones this order asked for. Please contact the seller and do not send more.',
    },
    looked_at: {
      heading: 'Your payment is being looked at',
      text: 'Coins arrived that we cannot count by ourselves. They are not lost: the seller sees them, and somebody looks at it. Please do not send more.',
    },
    paid: { heading: 'Paid', text: 'Thank you. Your payment is complete.' },
    expired: {
      heading: 'This order has expired',
      text: 'No payment arrived in time. Please do not send anything to the old address; start a new order instead.',
    },
    failed: {
      heading: 'The payment failed',
      text: 'The payment could not be completed. Please contact the seller; have the order number ready.',
    },
    cancelled: {
      heading: 'This order was cancelled',
      text: 'Please do not send anything to its address. You can start a new order.',
    },
    late: {
      heading: 'Your payment came late',
      text: 'Coins arrived after this order was closed. They are not lost: the seller sees them and will decide. Please contact the seller.',
    },
    incomplete: {
      heading: 'The payment stayed incomplete',
      text: 'Less arrived than was due, and the time for the rest is over. The coins are not lost: the seller sees them and will decide. Please contact the seller and do not send more.',
    },
    declined: {
      heading: 'The seller did not accept this payment',
      text: 'Coins arrived that do not pay this order. They are not lost: please contact the seller, with the order number, and do not send more.',
    },
  },
  choice: {
    estimated: 'Amounts are estimates. What you pay is shown with the address, and stands from then on.',
    tooSmall: (minimum) => `not below ${minimum}`,
    away: 'The list of coins is not here yet. This page tries again by itself.',
    refused: 'That coin cannot be used for this order. Please choose another one.',
    another: 'Pay with another coin',
  },
  steps: { label: 'Progress', send: 'Send', confirm: 'Confirm', done: 'Done' },
  order: 'Order',
  price: 'Price',
  amount: 'Amount',
  amountMissing: 'Still missing',
  arrived: (arrived, owed) => `${arrived} of ${owed} arrived`,
  network: 'Network',
  address: 'Address',
  extraId: 'Memo / tag',
  extraIdWarning: 'Required. Without this memo your coins cannot be matched to the order.',
  networkWarning: (ticker, network) => `Send only ${ticker}, and only on ${network}. Anything else may be lost.`,
  exactAmount: 'Send exactly this amount; add your wallet’s or exchange’s fee on top.',
  copy: { amount: 'Copy amount', address: 'Copy address', extraId: 'Copy memo', done: 'Copied' },
  timeLeft: 'Time left',
  topUpUntil: (time) => ['The rest can be paid until ', time],
  payUntil: (time) => ['Pay before ', time],
  noQr: 'No QR code: it would not carry the memo below. Copy both, address and memo.',
  qrAddress: 'QR code of the address',
  qrTagged: 'QR code of the X-address: address and tag in one',
  taggedHint:
    'This code is an X-address: it holds the address and the tag. If your wallet does not know it, copy both below.',
  qrUri: 'QR code with address and amount',
  qrUriSummary: 'Wallet link with the amount filled in',
  openWallet: 'Open in wallet',
  receipt: 'Download receipt (PDF)',
  backToShop: 'Continue to the shop',
  paidAt: (time) => ['Paid on ', time],
  leave: 'Back to the shop',
  surplus: {
    overpaid: 'More arrived than was due. The rest is not lost: the seller sees it and will decide what becomes of it.',
    second_payment:
      'Coins arrived once more after this order was paid. They are not lost: the seller sees them and will decide. Please do not send more.',
  },
  soldBy: 'Sold by',
  support: 'Questions?',
  writeTo: 'Write to',
  withoutScript: 'This page looks for news by itself every few seconds.',
  connectionLost: 'No connection. This page keeps trying; your payment is not affected.',
  notFound: {
    heading: 'Page not found',
    text: 'This payment link does not exist. Please check it, or ask the seller.',
  },
  away: {
    heading: 'One moment, please',
    text: 'We cannot show this order right now. This page tries again by itself; a payment that you sent is not affected.',
  },
  tooMany: {
    heading: 'Too many calls',
    text: 'This page was asked for too often from your network. It tries again by itself; a payment that you sent is not affected.',
  },
};

import { element } from './elements.js';

const always = () => true;
const hasCoins = (payment) => Number(payment.actually_paid) > 0;
const hasIpns = (payment) => payment.ipn.sent > 0;

/** Every scenario: what payers do, what provider's staff do (dashed), and what seldom happens. */
const buttons = [
  { name: 'paid', label: 'Pay', title: 'All of it, in the right coin', look: 'main', isUseful: always },
  { name: 'partial', label: 'Pay half', title: 'Half of what is owed', isUseful: always },
  { name: 'topup', label: 'Top up', title: 'What is still missing, as a second transfer', isUseful: hasCoins },
  { name: 'overpaid', label: 'Overpay', title: 'One and a half times what is owed', isUseful: always },
  { name: 'late', label: 'Pay late', title: 'All of it, after the pay window has closed', isUseful: always },
  { name: 'silent', label: 'Pay silently', title: 'All of it, and no IPN says so', isUseful: always },
  { name: 'wrong_asset', label: 'Wrong coin', title: 'The same worth in another coin', isUseful: always },
  { name: 'send_again', label: 'Send again', title: 'The last IPN once more', look: 'provider', isUseful: hasIpns },
  { name: 'refund', label: 'Refund', title: 'Send the coins back', look: 'provider', isUseful: hasCoins },
  { name: 'fail', label: 'Fail', title: 'Call the payment failed', look: 'provider', isUseful: always },
];

const rareButtons = [
  { name: 'partial_then_topup', label: 'Half, then the rest', title: 'Two transfers, one after the other' },
  { name: 'redeposit', label: 'Pay twice', title: 'All of it, and the same amount once more' },
  { name: 'failed', label: 'A crumb', title: 'So little that the provider gives up on it' },
  { name: 'confirm_slowly', label: 'Confirm slowly', title: 'All of it; confirming takes two hours' },
  { name: 'refunded_after_paid', label: 'Pay, then refund', title: 'Finished first, refunded afterwards' },
  { name: 'forced_finished', label: 'Force finished', title: '90 percent, and staff call it finished' },
  { name: 'ipn_storm', label: 'IPN storm', title: 'All of it; each IPN comes 50 times' },
  { name: 'out_of_order', label: 'IPNs out of order', title: 'All of it; the last IPN comes first' },
  { name: 'cancel', label: 'Cancel', title: 'Call the payment cancelled', look: 'provider' },
].map((button) => ({ ...button, isUseful: always }));

/** The buttons of a payment: the common ones at hand while it waits, all of them folded away once it has ended. */
export function scenarioButtons(payment, play, isOpen) {
  const row = (all) => element('div', { class: 'actions' }, ...all.map((button) => buildButton(button, payment, play)));
  const folded = (title, all) => element('details', {}, element('summary', {}, title), row(all));
  return isOpen
    ? [row(buttons), folded('More scenarios', rareButtons)]
    : [folded('Scenarios', [...buttons, ...rareButtons])];
}

function buildButton({ name, label, title, look, isUseful }, payment, play) {
  const attributes = {
    type: 'button',
    title,
    class: look,
    'data-play': name,
    'aria-label': label + ', payment ' + payment.payment_id,
    disabled: !isUseful(payment),
    onclick: () => play(name, payment),
  };
  return element('button', attributes, label);
}

import { drawKeyed, element, pill } from './elements.js';
import { scenarioButtons } from './scenario-buttons.js';

const MOST_ENDED = 20;
const open = new Set(['waiting', 'confirming', 'confirmed', 'sending', 'partially_paid']);

export function drawPayments(payments, play) {
  const shown = new Set(payments.map((payment) => payment.payment_id));
  const roots = payments.filter((it) => it.parent_payment_id === null || !shown.has(it.parent_payment_id));
  const cards = roots.map((root) => ({
    payment: root,
    children: payments.filter((it) => it.parent_payment_id === root.payment_id).reverse(),
  }));
  const openCards = cards.filter(({ payment }) => open.has(payment.payment_status));
  const endedCards = cards.filter(({ payment }) => !open.has(payment.payment_status));
  draw('open', openCards, play);
  draw('ended', endedCards.slice(0, MOST_ENDED), play);
  document.getElementById('open-empty').hidden = openCards.length > 0;
  document.getElementById('ended-section').hidden = endedCards.length === 0;
}

function draw(id, cards, play) {
  document.getElementById(id + '-count').textContent = String(cards.length);
  const container = document.getElementById(id);
  drawKeyed(
    container,
    cards,
    ({ payment }) => payment.payment_id,
    (card) => buildCard(card, play, id === 'open'),
  );
}

function buildCard({ payment, children }, play, isOpen) {
  const arrived = [payment, ...children]
    .filter((it) => it.pay_currency === payment.pay_currency)
    .reduce((sum, it) => sum + Number(it.actually_paid), 0);
  const share = Math.min(100, Math.round((100 * arrived) / Number(payment.pay_amount)));
  const bar = element('div', { class: 'bar', 'data-full': String(share >= 99) }, element('i'));
  bar.firstChild.style.width = share + '%';
  return element(
    'article',
    { class: 'card', 'aria-label': 'Payment ' + payment.payment_id },
    element(
      'div',
      { class: 'card-head' },
      element(
        'p',
        { class: 'amount' },
        payment.pay_amount + ' ',
        element('span', { class: 'coin' }, payment.pay_currency),
      ),
      pill(payment.payment_status),
    ),
    bar,
    buildFacts(payment),
    ...children.map(buildChild),
    ...scenarioButtons(payment, play, isOpen),
  );
}

function buildFacts(payment) {
  const rows = [
    ['Order', payment.order_id ?? 'none', 'mono'],
    ['Price', payment.price_amount + ' ' + payment.price_currency.toUpperCase()],
    ['Address', payment.pay_address, 'mono'],
    ['Memo', payment.memo, 'mono'],
    ['Arrived', payment.actually_paid === '0' ? 'nothing yet' : payment.actually_paid + ' ' + payment.pay_currency],
    ['Coins due', payment.coins_due_at === null ? null : new Date(payment.coins_due_at).toLocaleString()],
    ['IPN', describeIpn(payment)],
    ['Payment', payment.payment_id + ', made ' + new Date(payment.created_at).toLocaleTimeString(), 'mono'],
  ];
  const told = rows.filter(([, value]) => value !== null);
  const cells = told.flatMap(([name, value, style]) => [
    element('dt', {}, name),
    element('dd', style === undefined ? {} : { class: style }, value),
  ]);
  return element('dl', { class: 'facts' }, ...cells);
}

function describeIpn({ ipn, ipn_callback_url: url }) {
  if (url === null) return 'no callback URL';
  if (ipn.last === 'none') return 'none sent yet';
  const count = ipn.acknowledged + ' of ' + ipn.sent + ' acknowledged';
  return ipn.last === 'unanswered' ? count + ', the last got ' + ipn.lastAnswer : count;
}

function buildChild(child) {
  return element(
    'div',
    { class: 'child' },
    element('span', {}, 'Then ' + child.actually_paid + ' ' + child.pay_currency),
    element('span', { class: 'mono coin' }, child.payment_id),
    pill(child.payment_status),
  );
}

import { drawKeyed, element } from './elements.js';

const kinds = {
  mint: { label: 'mint', tone: 'busy' },
  movement: { label: 'coins', tone: 'good' },
  status: { label: 'status', tone: undefined },
  ipn: { label: 'IPN', tone: undefined },
  ipn_attempt: { label: 'attempt', tone: undefined },
  call: { label: 'call', tone: undefined },
};

export function drawLedger(entries) {
  drawKeyed(document.getElementById('ledger'), [...entries].reverse(), (entry) => entry.seq, buildEntry);
  document.getElementById('ledger-empty').hidden = entries.length > 0;
}

function buildEntry(entry) {
  const { label, tone } = kinds[entry.kind];
  const isBad = entry.kind === 'ipn_attempt' && !entry.acknowledged;
  return element(
    'li',
    {},
    element('span', { class: 'kind', 'data-tone': isBad ? 'bad' : tone }, label),
    element('time', { datetime: entry.at, title: entry.at }, new Date(entry.at).toLocaleTimeString()),
    element('p', {}, describe(entry)),
  );
}

function describe(entry) {
  switch (entry.kind) {
    case 'mint':
      return (
        (entry.parent_payment_id === null ? 'Payment ' : 'Deposit ') +
        entry.payment_id +
        ' for ' +
        (entry.order_id ?? 'no order') +
        ': ' +
        entry.pay_amount +
        ' ' +
        entry.pay_currency +
        (entry.answer === 'sent' ? '' : ', answer ' + entry.answer)
      );
    case 'movement':
      return entry.amount + ' ' + entry.coin + (entry.direction === 'in' ? ' to ' : ' back from ') + entry.payment_id;
    case 'status':
      return entry.payment_id + ': ' + entry.from + ' → ' + entry.to;
    case 'ipn':
      return (
        entry.ipn_id + (entry.genuine ? ', signed' : ', forged or by hand') + ', for ' + (entry.payment_id ?? entry.url)
      );
    case 'ipn_attempt':
      return (
        entry.ipn_id + ', try ' + entry.n + ': ' + (entry.error ?? entry.http_status) + ' after ' + entry.ms + ' ms'
      );
    default:
      return (
        entry.method +
        ' ' +
        entry.path +
        ' → ' +
        (entry.http_status ?? 'no answer') +
        (entry.fault_id === null ? '' : ' (' + entry.fault_id + ', ' + entry.effect + ')')
      );
  }
}

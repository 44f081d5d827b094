import { drawLedger } from './ledger-list.js';
import { drawPayments } from './payment-cards.js';

const REFRESH_MS = 1000;
const at = (id) => document.getElementById(id);
let clockOffsetMs = 0;
let toastTimer;

async function call(method, path, body) {
  const json =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...json });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? 'The simulator answered ' + response.status);
  return answer;
}

async function refresh() {
  const kind = at('kind').value;
  const [{ payments }, { entries }, { now }] = await Promise.all([
    call('GET', '/_sim/payments?limit=100'),
    call('GET', '/_sim/ledger?last=50' + (kind === '' ? '' : '&kind=' + kind)),
    call('GET', '/_sim/clock'),
  ]);
  clockOffsetMs = Date.parse(now) - Date.now();
  drawPayments(payments, play);
  drawLedger(entries);
}

async function play(name, payment) {
  await act(() => call('POST', '/_sim/scenarios/' + name, { payment_id: payment.payment_id }));
}

async function act(action) {
  try {
    const done = await action();
    if (done.due_at) tell('The coins come at ' + new Date(done.due_at).toLocaleTimeString());
    await refresh();
  } catch (failure) {
    tell(failure.message);
  }
}

function tell(text) {
  const toast = at('toast');
  toast.textContent = text;
  toast.dataset.shown = 'true';
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast.dataset.shown = 'false';
  }, 4000);
}

async function keepFresh() {
  try {
    if (!document.hidden) await refresh();
    at('live').dataset.state = 'live';
  } catch {
    at('live').dataset.state = 'lost';
  }
  setTimeout(keepFresh, REFRESH_MS);
}

function tickClock() {
  const now = new Date(Date.now() + clockOffsetMs);
  at('now').textContent = now.toLocaleTimeString();
  at('now').title = now.toLocaleString();
}

for (const button of document.querySelectorAll('[data-advance]')) {
  button.addEventListener('click', () => act(() => call('POST', '/_sim/clock', { advance: button.dataset.advance })));
}
at('kind').addEventListener('change', () => act(async () => ({})));
setInterval(tickClock, 250);
void keepFresh();

/* global document, EventSource, fetch, location */
const at = (id) => document.getElementById(id);
const words = {
  verified: 'verified',
  wrong: 'wrong signature',
  stale: 'too old',
  missing: 'not signed',
  'no secret': 'not checked',
};
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', dateStyle: 'short' });
const known = new Set(); // after a reconnection everything is sent again

at('origin').textContent = location.origin;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // shown as it came
  }
}

function drawn(delivery) {
  const item = at('delivery').content.cloneNode(true);
  const put = (selector, text) => (item.querySelector(selector).textContent = text);
  const body = parsed(delivery.body);
  put('.state', words[delivery.signature]);
  item.querySelector('.state').dataset.state = delivery.signature;
  put('.type', delivery.eventType ?? 'no event type');
  put('.about', body?.data?.order_id ?? '');
  put('time', clock.format(new Date(delivery.receivedAt)));
  item.querySelector('time').dateTime = delivery.receivedAt;
  if (delivery.times > 1) {
    put('.times', `seen ${delivery.times} times`);
    item.querySelector('.times').hidden = false;
  }
  put('.event-id', delivery.eventId ?? 'none');
  put('.own', words[delivery.signature]);
  put('.standard', words[delivery.standardSignature]);
  put('.body', body === null ? delivery.body : JSON.stringify(body, null, 2));
  put(
    '.headers',
    Object.entries(delivery.headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  );
  return item;
}

async function askForSecret() {
  const { has_secret: hasSecret } = await (await fetch('/_status')).json();
  at('no-secret').hidden = hasSecret;
}

const source = new EventSource('/events');
const say = (state, text) => {
  at('live').dataset.state = state;
  at('live').textContent = text;
};
source.addEventListener('open', () => {
  say('live', 'live');
  void askForSecret();
});
source.addEventListener('error', () => say('waiting', 'connecting'));
source.addEventListener('message', ({ data }) => {
  const delivery = JSON.parse(data);
  if (known.has(delivery.id)) return;
  known.add(delivery.id);
  at('deliveries').prepend(drawn(delivery));
  if (known.size === 1) at('deliveries').querySelector('details').open = true;
  at('empty').hidden = true;
  document.title = `(${known.size}) Webhook receiver`;
  void askForSecret();
});

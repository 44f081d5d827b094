/** Builds one element. Text is always text: order ids come from merchants. */
export function element(tag, attributes = {}, ...children) {
  const built = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) built.addEventListener(name.slice(2), value);
    else built.setAttribute(name, value === true ? '' : value);
  }
  built.append(...children.filter((child) => child !== null));
  return built;
}

/** Keeps what has not changed, so that a refresh neither steals the focus nor closes what is open. */
export function drawKeyed(container, items, keyOf, build) {
  const known = new Map([...container.children].map((child) => [child.dataset.key, child]));
  const drawn = items.map((item) => {
    const key = String(keyOf(item));
    const fingerprint = JSON.stringify(item);
    const old = known.get(key);
    if (old?.fingerprint === fingerprint) return old;
    const fresh = build(item);
    fresh.dataset.key = key;
    fresh.fingerprint = fingerprint;
    if (old?.querySelector('details')?.open) fresh.querySelector('details')?.setAttribute('open', '');
    return fresh;
  });
  const isSame = drawn.length === container.children.length && drawn.every((it, i) => it === container.children[i]);
  if (isSame) return;
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const focusedCard = focused?.closest('[data-key]')?.dataset.key;
  container.replaceChildren(...drawn);
  if (focusedCard === undefined) return;
  const card = drawn.find((it) => it.dataset.key === focusedCard);
  card?.querySelector('[data-play="' + focused.dataset.play + '"]')?.focus({ preventScroll: true });
}

const tones = {
  confirming: 'busy',
  confirmed: 'busy',
  sending: 'busy',
  finished: 'good',
  partially_paid: 'warn',
  refunded: 'warn',
  failed: 'bad',
  expired: 'bad',
  cancelled: 'bad',
};

export function pill(status) {
  return element('span', { class: 'pill', 'data-tone': tones[status] }, status.replaceAll('_', ' '));
}

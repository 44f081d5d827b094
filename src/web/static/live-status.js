// Keeps #live current: the server says that something changed, the page fetches the fragment and swaps it in. Without
// an event stream it asks every few seconds instead. It also runs the countdown and the copy buttons.
const openPollMs = 300_000; // a safety net under the stream
const closedPollMs = 5_000;
const patienceMs = 10_000;
const listenAgainMs = 30_000; // after a refusal, which browsers take for the last word

const live = document.getElementById('live');
let clockOffsetMs = 0; // the payer's clock may be wrong; the server's decides
let timer;
let source;
let isLooking = false;
let lookAgain = false;

function current() {
  return live?.firstElementChild;
}

function show(id, visible) {
  const element = document.getElementById(id);
  if (element) element.hidden = !visible;
}

function announce(text) {
  const element = document.getElementById('announcement');
  if (element) element.textContent = text;
}

function settle() {
  const fragment = current();
  if (fragment?.dataset.now) clockOffsetMs = Date.parse(fragment.dataset.now) - Date.now();
  for (const button of document.querySelectorAll('button[data-copy]')) button.hidden = false;
  sayLocalTimes();
  tick();
}

// A payer's own clock first, and UTC beside it, which shop and support read.
function sayLocalTimes() {
  const language = `${document.documentElement.lang}-u-nu-latn`;
  const local = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  for (const time of document.querySelectorAll('time[data-local]')) {
    const instant = new Date(time.dateTime);
    delete time.dataset.local; // once
    if (instant.getTimezoneOffset() !== 0)
      time.textContent = `${local.format(instant)} (\u2068${time.textContent}\u2069)`;
  }
}

async function refresh() {
  const answer = await fetch(live.dataset.fragment, {
    cache: 'no-store',
    headers: { accept: 'text/html' },
    signal: window.AbortSignal.timeout(patienceMs),
  });
  if (answer.status === 401) return location.reload(); // the operator's session has ended: the page leads to the login
  if (!answer.ok) throw new Error(String(answer.status));
  const next = new window.DOMParser().parseFromString(await answer.text(), 'text/html').body.firstElementChild;
  if (!next) return;
  current().dataset.mark = next.dataset.mark ?? '';
  if (next.dataset.version === current().dataset.version) return;
  const focused = document.activeElement?.id;
  const wasOpen = [...live.querySelectorAll('details[open][id]')].map((details) => details.id);
  live.replaceChildren(next);
  for (const id of wasOpen) document.getElementById(id)?.setAttribute('open', '');
  settle();
  if (focused) document.getElementById(focused)?.focus();
  if (next.dataset.title) document.title = next.dataset.title;
  if (next.dataset.announce) announce(next.dataset.announce);
}

function isOver() {
  return current().dataset.final === 'true';
}

function lookIn(ms) {
  clearTimeout(timer);
  timer = setTimeout(look, ms);
}

// One look at a time: an older answer must not replace a newer one.
async function look() {
  lookAgain = true;
  if (isLooking) return;
  isLooking = true;
  let failed = false;
  while (lookAgain) {
    lookAgain = false;
    failed = await refresh().then(
      () => false,
      () => true,
    );
  }
  isLooking = false;
  show('offline', failed);
  clearTimeout(timer);
  if (isOver()) source?.close();
  else if (source?.readyState === EventSource.OPEN && !failed) lookIn(openPollMs);
  else lookIn(Number(live.dataset.poll) * 1000 || closedPollMs);
}

function listen() {
  if (!live.dataset.events || isOver()) return;
  source = new EventSource(live.dataset.events);
  source.onopen = () => {
    show('offline', false);
    lookIn(openPollMs);
  };
  // The first message says how things stand: nothing to fetch when the page shows that already.
  source.onmessage = ({ data }) => {
    if (data !== current().dataset.mark) look();
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, listenAgainMs);
    lookIn(closedPollMs);
  };
}

function tick() {
  for (const clock of document.querySelectorAll('[data-countdown]')) {
    const left = Math.floor((Date.parse(clock.dataset.countdown) - Date.now() - clockOffsetMs) / 1000);
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const shown = parts[0] > 0 ? parts : parts.slice(1);
    if (left >= 0)
      clock.textContent = shown.map((part, at) => String(part).padStart(at || shown.length < 3 ? 2 : 1, '0')).join(':');
    clock.classList.toggle('soon', left < 300);
    if (left < 0 && !clock.dataset.over) {
      clock.dataset.over = 'true'; // once, also in a tab that slept past the end
      look();
    }
  }
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(text.textContent.trim());
  } catch {
    window.getSelection().selectAllChildren(text); // no permission, or not https: marked, ready for the keyboard
    return;
  }
  const label = button.textContent;
  button.textContent = button.dataset.done;
  announce(button.dataset.done);
  setTimeout(() => (button.textContent = label), 2_000);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-copy]');
  if (button && button.textContent !== button.dataset.done) copy(button);
});

settle();
window.setInterval(tick, 1_000);
if (live && !isOver()) {
  lookIn(Number(live.dataset.poll) * 1000 || closedPollMs);
  listen();
  window.addEventListener('online', look);
  window.addEventListener('pageshow', ({ persisted }) => persisted && look());
}

import { priceText } from '../../domain/currency.js';
import { modes } from '../../domain/ids.js';
import { orderStatuses, type OrderStatus } from '../../domain/order.js';
import { day, hour, minute } from '../../domain/timing.js';
import { ShareBars, StackedBars, type ChartBar, type ChartKey, type ShareLine } from './charts.js';
import { consolePage, type ConsoleContext } from './console-frame.js';
import { LiveCounters, type ConsoleCounters } from './console-counters.js';
import { clockText } from '../instant.js';

export interface ConsoleOverviewView {
  readonly context: ConsoleContext;
  readonly counters: ConsoleCounters;
  /** Orders by the UTC day of their creation and their present state. */
  readonly daily: readonly { readonly date: string; readonly status: OrderStatus; readonly count: number }[];
  /** How many paid orders took so long at most; the last bucket has no limit. */
  readonly timeToPaid: readonly { readonly underMs: number | null; readonly count: number }[];
  readonly averageTimeToPaidMs: number | null;
  readonly revenue: readonly { readonly currency: string; readonly cents: number; readonly orders: number }[];
  /** What checkouts with an idempotency key were, in both modes and since the beginning. */
  readonly keys: { readonly firstWrites: number; readonly replays: number; readonly bodyMismatches: number };
  /** Deliveries that ended, by the UTC day of their creation. */
  readonly webhooks: readonly { readonly date: string; readonly delivered: number; readonly dead: number }[];
}

const statusKeys: readonly ChartKey[] = (
  ['paid', 'confirming', 'pending', 'partial', 'cancelled', 'failed'] as const
).map((status) => ({ key: status, label: status, tone: `s-${status}` }));

const webhookKeys: readonly ChartKey[] = [
  { key: 'delivered', label: 'delivered', tone: 's-paid' },
  { key: 'dead', label: 'given up', tone: 's-failed' },
];

export function consoleOverviewPage(view: ConsoleOverviewView): string {
  return consolePage({
    context: view.context,
    section: 'Overview',
    title: 'Overview',
    children: (
      <>
        <div class="heading">
          <h1>Overview</h1>
          <nav class="modes" aria-label="Orders that are counted">
            {modes.map((mode) => (
              <a href={`/console?mode=${mode}`} aria-current={mode === view.counters.mode ? 'true' : undefined}>
                {mode}
              </a>
            ))}
          </nav>
        </div>
        <LiveCounters counters={view.counters} />
        <div class="charts">
          <StackedBars title="Orders by day and state" keys={statusKeys} bars={orderDays(view.daily)} />
          <StackedBars
            title={timeTitle(view.averageTimeToPaidMs)}
            keys={[{ key: 'paid', label: 'paid orders', tone: 's-paid' }]}
            bars={view.timeToPaid.map(({ underMs, count }) => ({ label: waitText(underMs), counts: { paid: count } }))}
          />
          <StackedBars title={webhookTitle(view.webhooks)} keys={webhookKeys} bars={webhookDays(view.webhooks)} />
          <ShareBars title="Idempotency keys (both modes)" tone="s-pending" lines={keyLines(view.keys)} />
          <ShareBars
            title="Revenue by currency (bars: paid orders)"
            tone="s-paid"
            lines={view.revenue.map(({ currency, cents, orders }) => ({
              label: currency,
              text: `${grouped(priceText({ cents, currency }))} ${currency}`,
              note: orders === 1 ? '1 paid order' : `${orders} paid orders`,
              size: orders,
            }))}
          />
        </div>
      </>
    ),
  });
}

function keyLines({ firstWrites, replays, bodyMismatches }: ConsoleOverviewView['keys']): ShareLine[] {
  const line = (label: string, size: number, note: string) => ({ label, text: grouped(String(size)), note, size });
  return [
    line('first', firstWrites, 'orders placed'),
    line('again', replays, 'answered with the order that had the key'),
    line(
      'another body',
      bodyMismatches,
      bodyMismatches > 0 ? 'two purchases shared a key: look why' : 'as it should be',
    ),
  ];
}

function orderDays(daily: ConsoleOverviewView['daily']): ChartBar[] {
  const dates = [...new Set(daily.map(({ date }) => date))].sort();
  return dates.map((date) => ({
    label: date.slice(5),
    counts: Object.fromEntries(orderStatuses.map((status) => [status, countOn(daily, date, status)])),
  }));
}

function countOn(daily: ConsoleOverviewView['daily'], date: string, status: OrderStatus): number {
  return daily.find((row) => row.date === date && row.status === status)?.count ?? 0;
}

function webhookDays(webhooks: ConsoleOverviewView['webhooks']): ChartBar[] {
  return webhooks.map(({ date, delivered, dead }) => ({ label: date.slice(5), counts: { delivered, dead } }));
}

function webhookTitle(webhooks: ConsoleOverviewView['webhooks']): string {
  const delivered = webhooks.reduce((sum, each) => sum + each.delivered, 0);
  const ended = webhooks.reduce((sum, each) => sum + each.dead, delivered);
  return ended === 0
    ? 'Webhook deliveries'
    : `Webhook deliveries: ${((delivered / ended) * 100).toFixed(1)} % accepted`;
}

function timeTitle(averageMs: number | null): string {
  return averageMs === null ? 'Time to paid' : `Time to paid: ${clockText(averageMs)} on average`;
}

function waitText(underMs: number | null): string {
  if (underMs === null) return 'longer';
  if (underMs < hour) return `< ${underMs / minute} min`;
  return underMs < day ? `< ${underMs / hour} h` : `< ${underMs / day} d`;
}

/** `1245.00` as `1,245.00`. */
function grouped(amount: string): string {
  const [whole = '', fraction] = amount.split('.');
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

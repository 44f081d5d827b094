import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mostReplayed, paceMs } from '../../src/api/webhooks/replay.js';
import { environment } from '../../src/config-schema.js';
import { checkUrl } from '../../src/webhooks/destination.js';
import { createEndpointSlots, mostAtOnce } from '../../src/webhooks/endpoint-slots.js';
import { notHttp, notReached } from '../../src/webhooks/send-failure.js';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/webhooks.md', root), 'utf8');
const words = page.replace(/\s+/g, ' ');

describe('docs/webhooks.md', () => {
  // The receivers themselves are started and sent true, tampered and stale deliveries by receivers.test.ts.
  it.each([
    ['js', 'examples/receivers/node/server.mjs'],
    ['python', 'examples/receivers/python/server.py'],
    ['go', 'examples/receivers/go/main.go'],
  ])('shows the check in %s as it stands in %s', (language, file) => {
    const snippets = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
      ([, text]) => text,
    );
    expect(snippets).toHaveLength(1);
    expect(readFileSync(new URL(file, root), 'utf8')).toContain(snippets[0]);
    expect(snippets[0]!.split('\n').length).toBeGreaterThan(8);
  });

  it('says how many attempts an endpoint may have at once', () => {
    expect(words).toContain(`It has ${createEndpointSlots().preset} attempts on the wire at first`);
    expect(words).toContain(`up to ${mostAtOnce};`);
  });

  it('says how a window is replayed', () => {
    expect(1_000 / paceMs).toBe(50);
    expect(words).toContain(`at fifty a second, and holds ${mostReplayed.toLocaleString('en')} deliveries at most`);
  });

  it('quotes errors as deliveries show them', () => {
    expect(words).toContain(`\`${notReached}\``);
    expect(words).toContain(`\`${notHttp}\``);
  });

  it('shows a target that the setting takes and the rules admit', () => {
    const [, target = ''] = /`WEBHOOK_ALLOW_TARGETS=([^`]+)`/.exec(page) ?? [];
    const allowTargets = environment.shape.WEBHOOK_ALLOW_TARGETS.parse(target);
    expect(checkUrl(`http://${target}/hook`, { allowTargets, ownHosts: [] }).kind).toBe('ok');
    expect(checkUrl(`http://${target}/hook`, { allowTargets: [], ownHosts: [] }).kind).toBe('refused');
  });
});

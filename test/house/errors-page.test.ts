import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bySlug } from '../../sdk/src/problem.js';
import { problemKinds } from '../../src/api/http/problem.js';
import { wireWords } from '../../src/domain/brand.js';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);

describe('docs/errors.md', () => {
  it('has a section for every kind of problem, whose anchor is its slug, and no other', () => {
    const slugs = Object.keys(problemKinds);
    expect([...sections.keys()], 'a slug of src/api/http/problem.ts and docs/errors.md differ').toEqual(slugs);
    for (const slug of slugs) expect(slug).toMatch(/^[a-z-]+$/); // a heading like that is its own anchor
    expect(page).toContain(`\`${wireWords.errorBase}<slug>\``);
  });

  it.each(Object.entries(problemKinds))('%s: status, title, class and what to do', (slug, [status, title]) => {
    const section = sections.get(slug) ?? '';
    expect(section).toContain(`\n**${status} ${title}**, \`${bySlug.get(slug)?.name}\` in the SDK.`);
    expect(section).toMatch(/\n\*\*What to do\*\*: \S.{20,}/);
  });
});

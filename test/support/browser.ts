import { existsSync, mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser to test with: `CHROMIUM_PATH`, an installed one, Playwright's own. Null when there is none. */
export function browserPath(): string | null {
  const wanted = process.env['CHROMIUM_PATH'];
  return [...(wanted ? [wanted] : installed), chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

export function launchBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (!executablePath) throw new Error('No browser found: install Chromium or set CHROMIUM_PATH.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
}

/** In CI a missing browser is a failure; on a desk it is said and the test is left out. */
export const canBrowse = browserPath() !== null || process.env['CI'] === 'true';
if (!canBrowse) console.warn('No Chromium found (CHROMIUM_PATH, installed, Playwright): browser tests are left out.');

/** A page of a phone's size in a context of its own; what it does wrong gathers in `complaints`. */
export async function openPage(
  browser: Browser,
  url: string,
  { complaints, ...options }: BrowserContextOptions & { complaints: string[] },
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, ...options });
  const page = await context.newPage();
  page.on('pageerror', (failure) => complaints.push(String(failure)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`foreign request: ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

/** What axe finds wrong, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** How far the page can be scrolled sideways, in pixels. */
export function sidewaysExcess(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

const screenshots = 'artifacts/screenshots';

/** Kept for people to look at; CI keeps the folder. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
}

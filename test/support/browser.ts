import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

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
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** In CI a missing browser is a failure; on a desk it is said and the test is left out. */
export const canBrowse = browserPath() !== null || process.env['CI'] === 'true';
if (!canBrowse) console.warn('No Chromium found (CHROMIUM_PATH, installed, Playwright): browser tests are left out.');

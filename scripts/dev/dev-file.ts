import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What other programs on this machine need to talk to the running Quittance. */
export interface DevFile {
  readonly api_url: string;
  readonly api_key: string;
  readonly admin_key: string;
  readonly test_key: string;
  readonly account_id: string;
  readonly ipn_secret: string;
  readonly simulator_url: string | null;
  readonly receiver_url: string; // the page that shows what the demo account is sent
  readonly temporal_address: string;
  readonly temporal_ui_url: string | null;
  readonly database_url: string;
  readonly console_url: string;
  readonly console_password: string;
}

export function devFilePath(home: string): string {
  return join(home, 'dev.json');
}

/** Appears whole and last: whoever waits for the file finds everything running. */
export function writeDevFile(home: string, content: DevFile): void {
  writePrivately(devFilePath(home), content);
}

/** While we start, the file of the run before must not be taken for ours. */
export function removeDevFile(home: string): void {
  rmSync(devFilePath(home), { force: true });
}

/** JSON that only its owner may read, put in place by rename. */
export function writePrivately(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600); // a draft left by a killed run keeps the mode it had
  renameSync(draft, file);
}

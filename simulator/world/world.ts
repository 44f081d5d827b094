import type { Accounts } from './accounts.js';
import type { Agenda } from './agenda.js';
import type { Clock } from './clock.js';
import type { FaultBook } from './fault-book.js';
import type { IpnLog } from './ipn-log.js';
import type { IpnSender } from './ipn-sender.js';
import type { Journal } from './journal.js';
import type { JournalLine } from './journal-lines.js';
import type { Ledger } from './ledger.js';
import type { PaymentBook } from './payments.js';
import type { SettingsBook } from './settings-book.js';

/** All that the simulator knows. The functions that change it take it first. */
export interface World {
  seed: number;
  /** Grows with each reset, so that what was under way before it leaves no trace after it. */
  epoch: number;
  /** Where the simulator itself is reached; known once it listens. */
  url: string;
  readonly lateAfterMs: number;
  readonly accounts: Accounts;
  readonly agenda: Agenda;
  readonly clock: Clock;
  readonly faults: FaultBook;
  readonly ipnLog: IpnLog;
  readonly ipnSender: IpnSender;
  readonly journal: Journal<JournalLine>;
  readonly ledger: Ledger;
  readonly payments: PaymentBook;
  readonly settings: SettingsBook;
}

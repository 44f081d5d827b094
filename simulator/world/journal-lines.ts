import type { ClockLine } from './clock.js';
import type { FaultLine } from './fault-book.js';
import type { LedgerLine } from './ledger.js';
import type { PaymentLine } from './payments.js';
import type { SettingsLine } from './settings-book.js';
import type { TaskLine } from './tasks.js';

/** All that the journal holds. Payments, settings and fault rules are written whole: the last line about a thing wins. */
export type JournalLine =
  { record: 'start'; seed: number } | PaymentLine | LedgerLine | TaskLine | SettingsLine | ClockLine | FaultLine;

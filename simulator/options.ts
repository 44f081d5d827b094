export interface SimulatorOptions {
  /** 0: any free port. */
  port: number;
  host?: string;
  /** The folder of the journal. Without it everything is forgotten at the end. */
  home?: string;
  seed?: number;
  /** `key`, or `key:ipnSecret` for an account with a secret of its own. */
  apiKeys: string[];
  ipnSecret: string;
  email?: string;
  password?: string;
  stepMs?: number;
  ipn?: { retries?: number; intervalMs?: number; timeoutMs?: number };
  lateAfterMs?: number;
  logLevel?: string;
  /** Answers any `Host` and posts IPNs beyond loopback: for containers. */
  force?: boolean;
}

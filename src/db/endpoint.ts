import pg from 'pg';

/** Where a connection string leads, as the driver itself understands it: its parameters and PGSSLMODE have a say. */
export interface DatabaseEndpoint {
  readonly host: string;
  readonly port: number;
  readonly password: string | null;
  readonly isEncrypted: boolean; // and the server has to show who it is
}

export function databaseEndpoint(url: string): DatabaseEndpoint {
  const { host, port, password, ssl } = new pg.Client({ connectionString: url }); // opens nothing yet
  return { host, port, password: password || null, isEncrypted: isChecked(ssl) };
}

/** The driver's types say that this is a flag; it is one, or the options of the TLS connection. */
function isChecked(ssl: unknown): boolean {
  if (typeof ssl !== 'object' || ssl === null) return Boolean(ssl);
  return (ssl as { rejectUnauthorized?: boolean }).rejectUnauthorized !== false;
}

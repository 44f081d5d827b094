import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalAddress {
  readonly address?: string | undefined; // absent: the SDK's environment and profile files decide
  readonly namespace?: string | undefined;
}

/** A client that connects when it is first used, so that the API boots and answers reads while Temporal is away. */
export function lazyClient({ address, namespace }: TemporalAddress): { client: Client; close: () => Promise<void> } {
  const configured = loadClientConnectConfig();
  const connection = Connection.lazy({ ...configured.connectionOptions, ...(address ? { address } : {}) });
  const name = namespace ?? configured.namespace;
  const client = new Client({ connection, ...(name ? { namespace: name } : {}) });
  return { client, close: () => connection.close() };
}

import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalAddress {
  readonly address?: string | undefined; // absent: the SDK's environment and profile files decide
  readonly namespace?: string | undefined;
}

/** A client that connects when it is first used, so that the API boots and answers reads while Temporal is away. */
export function lazyClient(
  { address, namespace }: TemporalAddress,
  interceptors: readonly WorkflowClientInterceptor[] = [],
): { client: Client; close: () => Promise<void> } {
  const configured = loadClientConnectConfig();
  const connection = Connection.lazy({ ...configured.connectionOptions, ...(address ? { address } : {}) });
  const name = namespace ?? configured.namespace;
  const workflow = [...interceptors];
  const client = new Client({ connection, interceptors: { workflow }, ...(name ? { namespace: name } : {}) });
  return { client, close: () => connection.close() };
}

/** Where the settings of Temporal's SDK lead: environment and profile file, read as the SDK itself does. */
export function temporalEndpoint(env: Readonly<Record<string, string | undefined>>): {
  readonly host: string;
  readonly port: string;
  readonly isEncrypted: boolean;
} {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  const { address = 'localhost:7233', tls } = connectionOptions;
  const [, host = address, port = '7233'] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  return { host, port, isEncrypted: Boolean(tls) };
}

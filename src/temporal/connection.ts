import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

type Environment = Readonly<Record<string, string | undefined>>;

export interface TemporalAddress {
  readonly address?: string | undefined; // absent: the SDK's environment and profile files decide
  readonly namespace?: string | undefined;
  readonly env?: Environment | undefined; // whose settings hold, certificates and API key among them; absent: this process's
}

/** Where and as whom everybody connects: API, worker and commands, by the one reading of Temporal's settings. */
export function connectionSettings({ address, namespace, env }: TemporalAddress) {
  const configured = loadClientConnectConfig(env === undefined ? {} : { overrideEnvVars: withoutBlanks(env) });
  return {
    namespace: namespace ?? configured.namespace ?? 'default',
    options: { ...configured.connectionOptions, ...(address ? { address } : {}) },
  };
}

export type ConnectionOptions = ReturnType<typeof connectionSettings>['options'];

/** A client that connects when it is first used, so that the API boots and answers reads while Temporal is away. */
export function lazyClient(
  temporal: TemporalAddress,
  interceptors: readonly WorkflowClientInterceptor[] = [],
): { client: Client; close: () => Promise<void> } {
  const { namespace, options } = connectionSettings(temporal);
  const connection = Connection.lazy(options);
  const client = new Client({ connection, namespace, interceptors: { workflow: [...interceptors] } });
  return { client, close: () => connection.close() };
}

export interface Target {
  readonly address?: string | undefined;
  readonly tls?: ConnectionOptions['tls'];
}

export interface TemporalEndpoint {
  readonly host: string;
  readonly port: string;
  readonly isEncrypted: boolean;
}

/** Where the settings of Temporal's SDK lead: environment and profile file, read as the SDK itself does. */
export function temporalEndpoint(env: Environment): TemporalEndpoint {
  return endpointOf(connectionSettings({ env }).options);
}

export function endpointOf({ address = 'localhost:7233', tls }: Target): TemporalEndpoint {
  const [, host = address, port = '7233'] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  return { host, port, isEncrypted: Boolean(tls) };
}

/** `NAME=` means "not set"; the SDK takes it for a key, and an encrypted connection. */
function withoutBlanks(env: Environment): Record<string, string> {
  const given = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim()));
  return Object.fromEntries(given);
}

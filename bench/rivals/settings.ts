/** Where a rival finds the servers that all of them share. By the environment, as programs are told. */
export interface RivalSettings {
  readonly port: number;
  readonly databaseUrl: string;
  readonly providerUrl: string;
  readonly providerKey: string;
  readonly ipnSecret: string;
  readonly receiverUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
}

export function readSettings(env: NodeJS.ProcessEnv): RivalSettings {
  const given = (name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`${name} is missing: rivals are started by npm run bench`);
    return value;
  };
  return {
    port: Number(given('RIVAL_PORT')),
    databaseUrl: given('RIVAL_DATABASE_URL'),
    providerUrl: given('RIVAL_PROVIDER_URL'),
    providerKey: given('RIVAL_PROVIDER_KEY'),
    ipnSecret: given('RIVAL_IPN_SECRET'),
    receiverUrl: given('RIVAL_RECEIVER_URL'),
    temporalAddress: given('RIVAL_TEMPORAL_ADDRESS'),
    temporalNamespace: given('RIVAL_TEMPORAL_NAMESPACE'),
  };
}

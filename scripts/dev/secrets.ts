import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { mintKey } from '../../src/api/http/keys.js';
import { writePrivately } from './dev-file.js';

const schema = z.strictObject({
  masterKey: z.string(),
  postgresPassword: z.string(),
  consolePassword: z.string(),
  ipnSecret: z.string(),
  providerKeys: z.strictObject({ live: z.string(), test: z.string() }),
  providerLogin: z.strictObject({ email: z.string(), password: z.string() }),
  accountId: z.uuid(),
  keys: z.strictObject({ live: z.string(), test: z.string(), admin: z.string() }),
});

/** What the first start drew and every later start reuses: without the master key the database cannot be read. */
export type DevSecrets = z.infer<typeof schema>;

export function keptSecrets(home: string): DevSecrets {
  const file = join(home, 'secrets.json');
  if (existsSync(file)) return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const drawn = drawSecrets();
  writePrivately(file, drawn);
  return drawn;
}

function drawSecrets(): DevSecrets {
  const word = () => randomBytes(18).toString('base64url');
  return {
    masterKey: randomBytes(32).toString('base64'),
    postgresPassword: word(),
    consolePassword: word(),
    ipnSecret: word(),
    providerKeys: { live: `sim-live-${word()}`, test: `sim-test-${word()}` },
    providerLogin: { email: 'merchant@example.test', password: word() },
    accountId: randomUUID(),
    keys: { live: mintKey('live').key, test: mintKey('test').key, admin: mintKey('live').key },
  };
}

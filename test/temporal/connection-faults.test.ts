import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { connectionSettings, temporalEndpoint } from '../../src/temporal/connection.js';
import { refusalByWorker, temporalSettingFaults } from '../../src/temporal/connection-faults.js';
import { type Authority, createAuthority } from '../support/certificates.js';

let authority: Authority;
beforeAll(() => {
  authority = createAuthority();
});
afterAll(() => authority?.remove());

describe("the settings of Temporal's TLS", () => {
  it('are usable: nothing, a pair with its authority, the same as words', () => {
    const { certFile, keyFile, cert, key } = authority.sign('client');
    const paths = { TEMPORAL_TLS_CLIENT_CERT_PATH: certFile, TEMPORAL_TLS_CLIENT_KEY_PATH: keyFile };
    const words = { TEMPORAL_TLS_CLIENT_CERT_DATA: cert, TEMPORAL_TLS_CLIENT_KEY_DATA: key };
    expect(temporalSettingFaults({})).toEqual([]);
    expect(temporalSettingFaults({ ...paths, TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.certFile })).toEqual([]);
    expect(temporalSettingFaults({ ...words, TEMPORAL_TLS_SERVER_CA_CERT_DATA: authority.cert })).toEqual([]);
  });

  it('are refused by the name of the variable', () => {
    const { certFile, keyFile } = authority.sign('client');
    const other = authority.sign('other');
    const noPem = join(dirname(certFile), 'no.pem');
    writeFileSync(noPem, 'nothing');
    const refused: [env: Record<string, string>, says: RegExp][] = [
      [{ TEMPORAL_TLS_CLIENT_CERT_PATH: certFile }, /^TEMPORAL_TLS_CLIENT_KEY_PATH: required beside/],
      [{ TEMPORAL_TLS_CLIENT_KEY_PATH: keyFile }, /^TEMPORAL_TLS_CLIENT_CERT_PATH: required beside/],
      [
        { TEMPORAL_TLS_CLIENT_CERT_PATH: certFile, TEMPORAL_TLS_CLIENT_KEY_PATH: other.keyFile },
        /^TEMPORAL_TLS_CLIENT_CERT_PATH: not a certificate in PEM with its key/,
      ],
      [{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: noPem }, /^TEMPORAL_TLS_SERVER_CA_CERT_PATH: not a certificate in PEM/],
      [{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: `${noPem}.gone` }, /^TEMPORAL_TLS_SERVER_CA_CERT_PATH: ENOENT/],
      [
        { TEMPORAL_TLS_SERVER_CA_CERT_PATH: certFile, TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'x' },
        /^TEMPORAL_TLS_SERVER_CA_CERT_PATH: stands beside TEMPORAL_TLS_SERVER_CA_CERT_DATA/,
      ],
      [{ TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'key' }, /^TEMPORAL_TLS: false would send TEMPORAL_API_KEY in clear/],
      [{ TEMPORAL_TLS: '0', TEMPORAL_TLS_SERVER_CA_CERT_PATH: certFile }, /^TEMPORAL_TLS: false, and certificates/],
      [{ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, /^TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: there is no such/],
    ];
    for (const [env, says] of refused) {
      expect(temporalSettingFaults(env)).toEqual([expect.stringMatching(says)]);
    }
    const least = { DATABASE_URL: 'postgres://u:p@127.0.0.1/q', QUITTANCE_MASTER_KEY: 'k'.repeat(43) + '=' };
    expect(() => loadConfig({ ...least, TEMPORAL_TLS_CLIENT_KEY_PATH: keyFile })).toThrow(
      /TEMPORAL_TLS_CLIENT_CERT_PATH: required/,
    );
  });
});

describe('where Temporal is', () => {
  it('is read alike for a client and a worker, and an empty value is none', () => {
    expect(
      connectionSettings({
        env: { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_NAMESPACE: 'shop', TEMPORAL_API_KEY: 'k' },
      }),
    ).toMatchObject({
      namespace: 'shop',
      options: { address: 'cloud:7233', apiKey: 'k', tls: true },
    });
    const blank = { TEMPORAL_ADDRESS: 'near:7233', TEMPORAL_API_KEY: ' ', TEMPORAL_NAMESPACE: '' };
    expect(temporalEndpoint(blank)).toEqual({ host: 'near', port: '7233', isEncrypted: false });
    expect(connectionSettings({ env: blank }).namespace).toBe('default');
  });

  it("is refused by a worker's own strictness in words", () => {
    expect(refusalByWorker(new Error('ConnectError(… InvalidCertificate(Other(…)))'))).toMatch(
      /none that a worker takes/,
    );
    expect(refusalByWorker(new Error('ConnectError(connection refused)'))).toBeNull();
  });
});

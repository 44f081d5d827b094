import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority of one test, and what it signs. */
export interface Authority extends Certificate {
  sign(name: string, subjectAltName?: string): Certificate;
  remove(): void;
}

// Without what openssl's own settings add: a worker takes no certificate of an authority for a server's.
const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-tls-'));
  const make = (name: string, ...args: string[]): Certificate => {
    const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
    const subject = ['-x509', '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', certFile];
    execFileSync('openssl', ['req', ...kind, ...subject, ...args], { stdio: 'pipe' });
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  };
  const itself = make('authority');
  return {
    ...itself,
    sign: (name, subjectAltName = 'IP:127.0.0.1,DNS:localhost') =>
      make(
        name,
        '-CA',
        itself.certFile,
        '-CAkey',
        itself.keyFile,
        '-addext',
        `subjectAltName=${subjectAltName}`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

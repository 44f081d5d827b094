import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate for this machine's loopback, and the file that our own programs trust it by. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly certFile: string;
}

/** Made anew at each start: production speaks https to the provider, and is spoken to by https. */
export function makeCertificate(folder: string): Certificate {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, 'key.pem');
  const certFile = join(folder, 'certificate.pem');
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const subject = ['-subj', '/CN=quittance-stack', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  try {
    execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
  } catch (failure) {
    throw new Error(`no certificate could be made: openssl is needed (${(failure as Error).message})`, {
      cause: failure,
    });
  }
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), certFile };
}

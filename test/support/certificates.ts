/**
 * Certificates for a listener at 127.0.0.1, made by openssl.
 * @module
 */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmod, copyFile, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** Self-signed, as `NAME.pem` and `NAME.key` in the folder. */
export async function makeCertificate(folder: string, name: string): Promise<TestCertificate> {
  const [certificate, key] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
  const line = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${certificate}`;
  await run('openssl', line.split(' '));
  await chmod(key, 0o600);
  const { fingerprint256 } = new X509Certificate(await readFile(certificate));
  return { certificate, key, fingerprint: fingerprint256 };
}

/** Puts a new file in the place of the old one, as certificate programs do. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.next`);
  await rename(`${to}.next`, to);
}

/**
 * Certificates for a listener at 127.0.0.1, made by openssl.
 * @module
 */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmod, copyFile, readFile, rename, writeFile } from 'node:fs/promises';
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

const EC = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';

/** A certificate authority, as `NAME.pem` and `NAME.key` in the folder. @returns the PEM's path */
export async function makeAuthority(folder: string, name: string): Promise<string> {
  const authority = `-days 30 -subj /CN=${name} -addext keyUsage=critical,keyCertSign`;
  const line = `req -x509 ${EC} ${authority} -keyout ${name}.key -out ${name}.pem`;
  await run('openssl', line.split(' '), { cwd: folder });
  return path.join(folder, `${name}.pem`);
}

/**
 * A certificate by the authority in the same folder, as `NAME.pem` and `NAME.key`, of a server
 * unless told otherwise. `hosts`: its subjectAltName, such as `IP:127.0.0.1,DNS:localhost`.
 */
export async function issueCertificate(
  folder: string,
  authority: string,
  name: string,
  hosts: string,
  usage: 'serverAuth' | 'clientAuth' = 'serverAuth',
): Promise<Omit<TestCertificate, 'fingerprint'>> {
  const openssl = (line: string) => run('openssl', line.split(' '), { cwd: folder });
  await openssl(`req ${EC} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
  const extensions = `subjectAltName=${hosts}\nextendedKeyUsage=${usage}\n`;
  await writeFile(path.join(folder, `${name}.ext`), extensions);
  const issuer = `-CA ${authority}.pem -CAkey ${authority}.key -CAcreateserial -days 30`;
  await openssl(`x509 -req -in ${name}.csr ${issuer} -extfile ${name}.ext -out ${name}.pem`);
  const file = (ending: string): string => path.join(folder, `${name}.${ending}`);
  return { certificate: file('pem'), key: file('key') };
}

/** Puts a new file in the place of the old one, as certificate programs do. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.next`);
  await rename(`${to}.next`, to);
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../lib/cache.mjs';
import { BUILT_IN_FILE, builtInRoots } from './roots.ts';

/** Of the public key (SubjectPublicKeyInfo, DER) in Yubico's package python-u2flib-server 5.0.1. */
const YUBICO_KEY = '29412da192720e5f4f22a408559c057e4ff25347eafb20cfb15a047a07601935';

test('the built-in root is the one that its file names, signed by itself with Yubico’s key', () => {
  const [certificate, ...more] = builtInRoots();
  if (certificate === undefined) throw new Error('There is a root.');
  expect(more).toEqual([]);
  expect(certificate.subject).toBe('CN=Yubico U2F Root CA Serial 457200631');
  // The name says the number in ten digits, the certificate in hex.
  expect(certificate.serialNumber).toBe((457_200_631).toString(16).toUpperCase());
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const sum = createHash('sha256').update(certificate.raw).digest('hex');
  expect(readFileSync(path.join(root, BUILT_IN_FILE), 'utf8')).toContain(`(DER): ${sum}`);
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  expect(createHash('sha256').update(key).digest('hex')).toBe(YUBICO_KEY);
});

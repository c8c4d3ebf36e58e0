/**
 * What a certificate and a key say about each other.
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** Undefined when TLS can be served with the two. Never quotes either. */
export function pairProblem(certificate: string, key: string): string | undefined {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(certificate);
  } catch {
    return 'is no certificate in PEM form.';
  }
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(key))) return 'does not belong to its key.';
  } catch {
    return 'has a key that cannot be read: it must be PEM, without a passphrase.';
  }
  try {
    // The chain below the first certificate is judged here.
    createSecureContext({ cert: certificate, key });
  } catch {
    return 'cannot be used for TLS; is the chain whole?';
  }
  return undefined;
}

/** When the listener's own certificate ends. */
export function certificateEnd(certificate: string): Date {
  return new Date(new X509Certificate(certificate).validTo);
}

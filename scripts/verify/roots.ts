/**
 * The makers of security keys whose root certificates an auditor trusts.
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusals } from '../../shared/refusal.ts';

export const refuseRoots = refusals({
  'roots-malformed': (why: string) => ({
    happened: `The file of root certificates cannot be used: ${why}.`,
    means: 'No attestation was judged, and nothing was verified.',
    next: 'Give the makers’ root certificates as PEM, each between BEGIN CERTIFICATE and END CERTIFICATE.',
    culprit: '--fido-roots',
  }),
});

/** Put in place of this name when the verifier is built into one file. */
declare const BUILT_IN_FIDO_ROOTS: string | undefined;

/** Where the built-in roots lie, with their source and their sums. */
export const BUILT_IN_FILE = path.join('resources', 'fido-roots', 'yubico.pem');

/** Yubico's root, as it ships. */
export function builtInRoots(): readonly X509Certificate[] {
  const pem =
    typeof BUILT_IN_FIDO_ROOTS === 'string'
      ? BUILT_IN_FIDO_ROOTS
      : readFileSync(
          path.join(path.dirname(fileURLToPath(import.meta.url)), '../..', BUILT_IN_FILE),
          'utf8',
        );
  return parseRoots(pem);
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Certificates in PEM, with anything between them.
 * @throws Refusal `roots-malformed`: none, one that is damaged, one that is no authority
 */
export function parseRoots(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) throw refuseRoots('roots-malformed', 'it holds no certificate');
  return blocks.map((block, at) => {
    const which = `certificate ${at + 1} of ${blocks.length}`;
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(block);
    } catch {
      throw refuseRoots('roots-malformed', `${which} is damaged`);
    }
    if (!certificate.ca)
      throw refuseRoots('roots-malformed', `${which} may not issue certificates`);
    return certificate;
  });
}

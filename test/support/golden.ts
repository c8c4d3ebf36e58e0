/**
 * The files that an earlier Conclave wrote: made once by `test/golden/make*.ts`, never again.
 * @module
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Mode } from '../../shared/mode.ts';
import { acceptShare, NO_KNOWN_SETS } from '../../shared/sharing/accept.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { shareSigner } from '../../shared/sharing/share-key.ts';

const folder = path.join(import.meta.dirname, '../golden/v1');

/** What is in the first of them. */
export interface Expected {
  documents: Record<
    string,
    { type: string; digest: string; words: string; signedBy: string[]; body: unknown }
  >;
  shares: { index: number; y: string; publicKey: string }[];
  identity: { name: string; seed: string; publicKey: string };
  heads: Record<string, string>;
  secrets: Record<
    | 'component'
    | 'vaultComponent'
    | 'platformKey'
    | 'recipientPrivateKey'
    | 'ticketPrivateKey'
    | 'setup'
    | 'recover',
    string
  >;
}

export const goldenFile = (mode: Mode, name: string): Uint8Array =>
  new Uint8Array(readFileSync(path.join(folder, mode, name)));

/** One that is JSON, as its maker wrote it. */
export const goldenJson = (mode: Mode, name: string): unknown =>
  JSON.parse(new TextDecoder().decode(goldenFile(mode, name)));

/** A quorum of the golden set: what a later maker signs with. */
export const goldenSigners = (manifest: Manifest, mode: Mode) =>
  [1, 2, 3].map((only) =>
    shareSigner(
      acceptShare(goldenFile(mode, `share-${only}.cbor`), {
        mode,
        manifest,
        known: NO_KNOWN_SETS,
        accepted: new Set(),
        only,
      }),
    ),
  );

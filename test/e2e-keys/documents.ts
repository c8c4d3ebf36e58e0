/**
 * What is carried between sync and the laptop, and the way from home to the first custodian of a
 * recovery.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { parseTicket } from '../../shared/bundle/ticket.ts';
import { sealKekBlob, userRecoveryKey, vaultPaths } from '../../shared/checktick/index.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import type { App } from '../e2e/app.ts';
import { openIdentity, sign, sitDown, typeWords, type Person } from '../e2e/people.ts';
import { makeTicket } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import type { Stick } from '../e2e/sticks.ts';
import { carryRecoverPackage, FACTS, type Courier } from '../support/headless-platform.ts';

/** Who and what is there besides the custodians. */
export interface Desk {
  readonly courier: Courier;
  readonly operator: Person;
  /** The stick that goes to sync and back. */
  readonly travelling: Stick;
}

/** The one file of a person's stick that is called so. */
export async function fileOf({ stick }: Person, name: RegExp): Promise<Uint8Array> {
  assert(stick);
  return readOne(stick, name);
}

async function readOne({ path: folder }: Stick, wanted: RegExp): Promise<Uint8Array> {
  const name = (await readdir(folder)).find((file) => wanted.test(file)) ?? '';
  return new Uint8Array(await readFile(path.join(folder, name)));
}

export const carried = (stick: Stick, kind: string, digest: string): Promise<Uint8Array> =>
  readOne(stick, new RegExp(`^conclave-${kind}-${digest.slice(0, 8)}\\.json$`));

export async function saveBundle(window: App, travelling: Stick): Promise<BundleDocument> {
  await window.at('save-bundle');
  await window.choose(travelling.label);
  await window.press('Write the bundle to this stick');
  const { bundleDigest } = await window.at('waiting');
  return bundleType.parse(await carried(travelling, 'bundle', bundleDigest), 'rehearsal');
}

/** With the identities that they made before. */
export async function signatures(window: App, people: readonly Person[]): Promise<void> {
  for (const one of people) {
    await sitDown(window, one);
    await openIdentity(window, one);
    await sign(window, one);
  }
}

/**
 * From home to the first custodian. What sync would put into the package is made here.
 * @returns the key of the survey: 32 bytes, which the recovery must give back
 */
export async function openRecovery(
  window: App,
  { courier, operator, travelling }: Desk,
  set: {
    readonly made: BundleDocument;
    readonly manifest: ManifestDocument;
    readonly platformKey: Uint8Array;
    readonly vaultComponent: Uint8Array;
  },
): Promise<Uint8Array> {
  const { made, manifest, platformKey, vaultComponent } = set;
  assert(made.body.kind === 'setup');
  const { roster } = made.body;
  const kek = randomBytes(32);
  const { six } = await makeTicket(window, operator, travelling);
  const ticket = parseTicket(await readOne(travelling, /^conclave-ticket-.*json$/), 'rehearsal');
  const place = vaultPaths.userSurveyRecoveryKek(FACTS.userId, FACTS.surveyId);
  const { digest } = await carryRecoverPackage(courier, ticket, {
    manifest,
    roster,
    vaultComponent,
    encryptedKek: await sealKekBlob(await userRecoveryKey(platformKey, FACTS.userId), place, kek),
  });
  await window.press('Rehearse the recovery');
  await chooseDocument(window, 'descriptor', 'Use this descriptor');
  await chooseDocument(
    window,
    'package',
    'Use this package',
    `conclave-package-${digest.slice(0, 8)}`,
  );
  await checkLaptop(window);
  await window.at('ticket-key');
  await window.choose(travelling.label);
  await window.press('Open the package');
  await typeWords(window, six);
  await window.at('facts');
  await window.press('Everyone agrees to open this survey');
  return kek;
}

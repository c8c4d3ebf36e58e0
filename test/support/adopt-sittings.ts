/**
 * Adoptions at a real worker: a ticket, the package that sync would seal to it, and whoever gives
 * legacy shares. A worker of its own for each test.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type {
  AdoptFound,
  Comparison,
  FoundVersion,
  OrganisationKey,
  StoredKey,
} from '../../shared/bundle/adopt.ts';
import { sealAdoptPackage, type AdoptSecrets } from '../../shared/bundle/adopt-package.ts';
import type { AdoptPackage } from '../../shared/bundle/package.ts';
import { judgeLegacyShares, xorComponents } from '../../shared/checktick/index.ts';
import type { FromEntry } from '../../shared/ipc/entry.ts';
import { makeAdoptPackage } from '../support/adopt-documents.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { digitAt, parsed, withDigit } from '../support/legacy.ts';
import {
  legacyDeployment,
  storedKek,
  type LegacyDeployment,
} from '../support/legacy-deployment.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import type { KeyRack } from '../support/key-rack.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

/** Which stored survey key sync sends along. */
export const PROOF = { userId: 7, surveyId: 31 };

/** Who answers for a key, where nothing proves it or two places differ. */
export const TWO = ['custodian 1', 'witness'] as const;

/** How sync found one key version. */
export interface Version {
  readonly version: string;
  readonly compared: Comparison;
  readonly secrets: Omit<AdoptSecrets[number], 'version'>;
  /** Whose the stored survey keys are; {@link PROOF} unless said. */
  readonly keys?: readonly StoredKey[];
  readonly organisationKeys?: OrganisationKey[];
}

function foundOf({
  version,
  compared,
  secrets,
  keys = [PROOF],
  organisationKeys,
}: Version): FoundVersion {
  const [proof = null, ...more] = secrets.encryptedKeks.length === 0 ? [] : keys;
  return {
    version,
    compared,
    state: compared === 'vault-only' ? 'missing' : 'active',
    escrows: proof === null ? 0 : 30,
    proof,
    ...(more.length === 0 ? {} : { more }),
    ...(organisationKeys === undefined ? {} : { organisationKeys }),
  };
}

export const file = (text: string | Uint8Array): FromEntry => ({
  type: 'file',
  bytes: Buffer.from(text),
});

const numberOf = (share: string): number => Number(share.split('-')[1]);

/** With one digit of the long number another one. */
export function slipped(share: string, position: number): string {
  return withDigit(share, position, digitAt(share, position) === '7' ? '8' : '7');
}

/** Whoever has share 1 changed it so that the comparison names another share. */
export function blaming(): { key: LegacyDeployment; forged: string[] } {
  for (let place = 16; place < 80; place += 1) {
    const key = legacyDeployment();
    const [one = '', ...others] = key.shares;
    const digits = BigInt(`0x${one.split('-')[2]}`) + (0x18n << BigInt(4 * place));
    const forged = [`801-1-${digits.toString(16)}`, ...others];
    const found = judgeLegacyShares(forged.map(parsed), { threshold: 3 });
    if (found.kind === 'wrong' && found.wrong[0]?.number !== 1) return { key, forged };
  }
  throw new Error('Nobody was blamed.');
}

/**
 * Makes everything before each test, and takes it away after it.
 * @param keys of people who keep a new share with a YubiKey
 */
export function adoptSittings(keys?: KeyRack) {
  let root: string;
  let worker: TestWorker;
  /** What main has on its list. */
  const listed: number[] = [];

  beforeEach(async () => {
    listed.length = 0;
    root = mkdtempSync(join(tmpdir(), 'conclave-adopt-'));
    const { channel: softwareKeys } = keys ?? {};
    worker = await startTestWorker('rehearsal', softwareKeys === undefined ? {} : { softwareKeys });
  });
  afterEach(() => {
    worker.stop();
    rmSync(root, { recursive: true, force: true });
  });

  /** Makes a ticket at the worker, and opens the package that sync would seal to it. */
  async function open(wanted: string, versions: readonly Version[]): Promise<AdoptPackage> {
    const operator = new ScriptedPerson('operator');
    const stick = mkdtempSync(join(root, 'OPERATOR-'));
    const place = { volumeId: `at:${stick}`, rehearsalFolder: root };
    const ticketId = 'c4'.repeat(16);
    const { recipient } = await worker.callWith(operator, {}, 'make-ticket', {
      ...place,
      ticketId,
      person: operator.name,
    });
    const set = await makeShareSet({ mode: 'rehearsal' });
    const { sealed: _, ...template } = (await makeAdoptPackage(set)).document.body;
    const found: AdoptFound = {
      vault: versions.some(({ compared }) => compared === 'row-only') ? 'missing' : 'there',
      forms: [],
      versions: versions.map(foundOf),
    };
    const body = await sealAdoptPackage(
      { ...template, ticketId, keyVersion: wanted, found },
      recipient,
      versions.map(({ version, secrets }) => ({ version, ...secrets })),
    );
    const opening = { body, ...place, person: operator.name };
    expect(await worker.callWith(operator, {}, 'open-adopt-package', opening)).toBeNull();
    return body;
  }

  async function openSame(of: LegacyDeployment, version = 'v1'): Promise<AdoptPackage> {
    const components = [{ place: 'both' as const, bytes: of.vault }];
    const secrets = { components, encryptedKeks: [await storedKek(of.platformKey, PROOF)] };
    return open(version, [{ version, compared: 'same', secrets }]);
  }

  /** Gives what is in hand; the notes that the window showed. */
  async function give(how: 'file' | 'code' | 'typed' | 'openssl', ...legacy: FromEntry[]) {
    const person = new ScriptedPerson('somebody');
    const hands = { legacy, onRefused: () => true };
    const input = { person: person.name, how, whole: false, listed };
    const taken = await worker.callWith(person, hands, 'take-legacy', input).catch(() => null);
    if (taken !== null) listed.push(taken.id);
    return { taken, codes: person.refusals.map(({ code }) => code) };
  }

  const judge = (threshold: number | null = 3) =>
    worker.call('judge-legacy', { threshold, listed });

  /** The one at this place of the list. */
  async function takeBack(at: number): Promise<void> {
    const [id] = listed.splice(at, 1);
    await worker.call('forget-legacy', { id: id ?? 0 });
  }

  async function giveAll(shares: readonly string[]): Promise<void> {
    for (const share of shares) {
      expect((await give('file', file(share))).taken).toMatchObject({ numbers: [numberOf(share)] });
    }
  }

  /** Splits anew, and says what the restored key is by its check values. */
  async function restored({ vault, custodian }: LegacyDeployment, place: 'both' | 'row' | 'vault') {
    const key = await worker.call('restore-legacy', { place, answers: TWO });
    const fits = (what: Parameters<typeof checkValueFits>[0], bytes: Uint8Array, value: string) =>
      checkValueFits(what, bytes, key.componentId, value);
    const plan = { setId: 'ab'.repeat(16), generation: 1, threshold: 2, count: 3 };
    const { shares } = await worker.call('split', plan);
    return {
      bytes: key.componentBytes,
      fits:
        fits('custodian-component', custodian, key.checks.custodianComponent) &&
        fits('vault-component', vault, key.checks.vaultComponent) &&
        fits('platform-key', xorComponents(vault, custodian), key.checks.platformKey),
      shares: shares.length,
    };
  }

  return {
    root: () => root,
    worker: () => worker,
    listed,
    open,
    openSame,
    give,
    judge,
    takeBack,
    giveAll,
    restored,
  };
}

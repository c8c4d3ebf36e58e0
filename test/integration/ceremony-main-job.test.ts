/**
 * The app's part of the main job through the real host, without a window: a 3-of-4 set on paper
 * and on sticks, one sheet thrown away, a survey key recovered with the rest.
 */
import { execFileSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAge } from '../../electron/media/age.ts';
import { PDF_FOLDER } from '../../electron/main/host/readiness.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import type { Participant } from '../../scripts/rehearse/people.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import type { TicketDocument } from '../../shared/bundle/ticket.ts';
import {
  sealEscrowEmail,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { decodeEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { eightWords, fourWords } from '../../shared/encoding/words.ts';
import { rosterType } from '../../shared/identity/roster.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries, parseLog, type CeremonyLog } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  FACTS,
  makeTicket,
  openLaptop,
  PLAN,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';

let laptop: Laptop;
let made: BundleDocument;
let manifest: ManifestDocument;
let platformKey: Uint8Array;
const kek = randomBytes(32);
let setPage: PrintedPage;

beforeAll(async () => {
  laptop = await openLaptop();
});
afterAll(() => laptop.remove());

const travelling = () => join(laptop.rehearsalFolder, STICKS.sync);

/** The newest file of a kind on the travelling stick. */
async function onStick(kind: string, digest: string, ending = 'json'): Promise<Uint8Array> {
  const path = join(travelling(), `conclave-${kind}-${digest.slice(0, 8)}.${ending}`);
  return new Uint8Array(await readFile(path));
}

async function bundleOnStick(): Promise<BundleDocument> {
  const { view } = laptop.room;
  if (view.screen !== 'waiting') throw new Error(`The screen is ${view.screen}.`);
  return bundleType.parse(await onStick('bundle', view.bundleDigest), 'rehearsal');
}

interface PrintedPage {
  readonly text: string;
  /** Whole digests in hex, by the name of the document. */
  readonly digests: Record<string, string>;
  readonly words: Record<string, string>;
}

function poppler(tool: string, ...args: string[]): string {
  return execFileSync(tool, args).toString();
}

/** Prints the page for the witness's file and reads it with another PDF reader. */
async function printedPage(): Promise<PrintedPage> {
  const { room, rehearsalFolder } = laptop;
  await room.say({ type: 'choose-printer', id: PDF_FOLDER });
  await room.until((view) => view.busy === null);
  const { view } = room;
  const page = view.screen === 'set-ready' || view.screen === 'waiting' ? view.witnessPage : null;
  const fileName = `witness-page-${view.ceremonyId.slice(0, 8)}.pdf`;
  expect(page?.printed).toBe(`A4 page, ${fileName}`);
  const pdf = join(rehearsalFolder, fileName);
  expect(poppler('pdfinfo', pdf)).toMatch(/Pages:\s+1\n/);
  const text = poppler('pdftotext', '-raw', pdf, '-');
  const digests: Record<string, string> = {};
  const words: Record<string, string> = {};
  const blocks = text.matchAll(
    /^([A-Z][a-z]+(?: head)?) ((?:[a-z]+ ?){4,8})\n((?:[0-9a-f]{4} ?){16})$/gm,
  );
  for (const [, name = '', spoken = '', digest = ''] of blocks) {
    digests[name] = digest.replaceAll(' ', '');
    words[name] = spoken.trim();
  }
  return { text, digests, words };
}

const kinds = (log: CeremonyLog) => entries(log).map((entry) => fact(entry, 'kind'));

async function logOnDisk(ceremonyId: string): Promise<Uint8Array> {
  const folder = join(laptop.dataFolder, 'rehearsal', 'ceremonies');
  const name = (await readdir(folder)).find((each) => each.includes(ceremonyId));
  return new Uint8Array(await readFile(join(folder, name ?? '')));
}

/** What lies on the media, opened as a person without Conclave would. */
async function sharesOnMedia(): Promise<Share[]> {
  const shares: Share[] = [];
  for (const { name, medium } of PLAN.custodians) {
    const { person, sheets } = laptop.people.get(name);
    if (medium === 'paper') {
      const { share } = sheets;
      if (share === undefined) throw new Error(`${name} has no sheet.`);
      shares.push(decodeShare((await readPaperFile(share.slice())).bytes));
    } else {
      const stick = STICKS[name as 'custodian 2' | 'custodian 4'];
      const folder = join(laptop.rehearsalFolder, stick);
      const file = (await readdir(folder)).find((entry) => /share/.test(entry)) ?? '';
      const bytes = new Uint8Array(await readFile(join(folder, file)));
      shares.push(decodeShare(await openAge(bytes, person.words)));
    }
  }
  return shares;
}

describe('a 3-of-4 set on paper and USB', () => {
  test('is split, read back, proved, signed, and leaves as a bundle', async () => {
    const { host, room } = laptop;
    await carrySetupPackage(laptop);
    await host.start('split', 'rehearsal');
    await room.until(({ screen }) => screen === 'plan');
    await room.say({ type: 'plan', plan: PLAN });
    await room.until(({ screen }) => screen === 'set-ready');
    setPage = await printedPage();
    await room.until(({ screen }) => screen === 'waiting');
    expect(room.view).toMatchObject({ witnessPage: null });
    made = await bundleOnStick();
    expect(room.view).toMatchObject({
      bundleDigest: made.digest,
      savedOn: [`folder ${STICKS.sync}`],
    });
  });

  test('the witness’s page has the whole digests, the words, the people and no secret', async () => {
    const { body } = made;
    const log = parseLog(await onStick('log', body.ceremonyId, 'jsonl'));
    const [entry] = entries(log).filter((each) => fact(each, 'kind') === 'witness-page-printed');
    if (entry === undefined) throw new Error('It stands in the transcript.');
    expect(fact(entry, 'head')).toBe(entry.previous);
    expect(setPage.digests).toEqual({
      Manifest: body.manifestDigest,
      Roster: body.rosterDigest,
      Descriptor: laptop.sync.descriptor.digest,
      Package: body.packageDigest,
      'Transcript head': entry.previous,
    });
    expect(setPage.words.Manifest).toBe(eightWords(hexToBytes(body.manifestDigest)));
    expect(setPage.words['Transcript head']).toBe(fourWords(hexToBytes(entry.previous)));
    for (const name of [
      'custodian 1',
      'custodian 4',
      'operator',
      'witness',
      'REHEARSAL',
      '2026 A',
    ]) {
      expect(setPage.text).toContain(name);
    }
    for (const { y } of await sharesOnMedia()) {
      const hex = Buffer.from(y).toString('hex');
      expect(setPage.text.replaceAll(' ', '')).not.toContain(hex.slice(0, 16));
    }
  });

  test('the roster and the transcript have the addresses that were given, and no others', async () => {
    const { body } = made;
    if (body.kind !== 'setup') throw new Error('a setup');
    const envelope = decodeEnvelope(encodeJson(body.roster), 'roster');
    const { people } = rosterType.parseEnvelope(envelope, 'rehearsal').body;
    expect(people.map(({ name, mail }) => [name, mail])).toEqual([
      ...PLAN.custodians.map(({ name, mail }) => [name, mail]),
      ['operator', undefined],
      ['witness', 'witness@audit.example'],
    ]);
    const log = parseLog(await onStick('log', body.ceremonyId, 'jsonl'));
    const told = narrateLog(log).join('\n');
    for (const { mail } of people) if (mail !== undefined) expect(told).toContain(mail);
    expect(told).toContain('Sync tells me of changes of the keys at custodian.4@hospital.example.');
  });

  test('the bundle opens with the package’s key and gives the half that the manifest describes', async () => {
    expect(made.body.kind).toBe('setup');
    manifest = parseManifest(await onStick('manifest', made.body.manifestDigest), 'rehearsal');
    const vaultComponent = await openBundle(made.body, laptop.sync.recipient.privateKey);
    const { componentId, checks } = manifest.body;
    expect(
      checkValueFits('vault-component', vaultComponent, componentId, checks.vaultComponent),
    ).toBe(true);
    const shares = await sharesOnMedia();
    expect(shares.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
    const component = await combineShares(shares.slice(1), {
      what: 'custodian-component',
      componentId,
      checkValue: checks.custodianComponent,
    });
    platformKey = xorComponents(component, vaultComponent);
    expect(checkValueFits('platform-key', platformKey, componentId, checks.platformKey)).toBe(true);
    const of = { mode: 'rehearsal', keyVersion: 'v1' } as const;
    expect(manifest.body.escrowKey).toBe(await escrowPublicKey(platformKey, of));
  });

  test('the ceremony log verifies against the manifest, and only the receipt is missing', async () => {
    const log = parseLog(await onStick('log', made.body.ceremonyId, 'jsonl'));
    const verified = verifyLog(log, { manifest });
    expect(verified.standing).toBe('authenticated');
    expect(verified.quorumEntries).toBe(made.body.transcript.entries);
    expect(verified.signers.filter(({ kind }) => kind === 'share-key')).toHaveLength(3);
    expect(
      verified.signers.filter(({ kind, vouched }) => kind === 'person' && vouched),
    ).toHaveLength(6);
    expect(
      verified.missing.filter((line) => !/not signed by anybody|signed by people only/.test(line)),
    ).toEqual([
      'No receipt has come home, so what sync did with the bundle is not known here.',
      'The ceremony was not closed, or the end of the log is missing.',
    ]);
  });

  test('nothing secret lies on the laptop’s own disk', async () => {
    const folder = join(laptop.dataFolder, 'rehearsal', 'ceremonies');
    const [name = ''] = await readdir(folder);
    const text = await readFile(join(folder, name), 'latin1');
    const secrets = [platformKey, ...(await sharesOnMedia()).map(({ y }) => y)];
    for (const secret of secrets) {
      for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
        expect(text.includes(Buffer.from(secret).toString(encoding))).toBe(false);
      }
    }
    for (const { name: who } of PLAN.custodians) {
      const words = Buffer.from(laptop.people.get(who).person.words).toString();
      expect(words.split(' ')).toHaveLength(6);
      expect(text.includes(words)).toBe(false);
    }
  });

  test('its receipt closes it, and home shows a safe key version', async () => {
    await carryReceipt(laptop, made);
    await laptop.room.until(({ screen }) => screen === 'closed');
    expect(laptop.room.view).toMatchObject({ outcome: 'committed' });
    await laptop.host.leave();
    const home = await laptop.host.home();
    expect(home.sets).toMatchObject([{ label: '2026 A', standing: 'live', proved: 4, count: 4 }]);
    expect(home.ceremonies).toMatchObject([{ standing: 'closed', destroy: [] }]);
  });
});

describe('one sheet was thrown away', () => {
  let ticket: TicketDocument;
  let pocket: Participant;

  test('the operator makes a ticket onto their stick', async () => {
    ({ ticket, pocket } = await makeTicket(laptop));
    expect(ticket.body.operator.publicKey).toBe(made.body.operator);
  });

  test('the other three recover one survey key, and the bundle holds it', async () => {
    const { host, room, people, sync } = laptop;
    delete people.get('custodian 1').sheets.share;
    if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
    const userKey = await userRecoveryKey(platformKey, FACTS.userId);
    const path = vaultPaths.userSurveyRecoveryKek(FACTS.userId, FACTS.surveyId);
    await carryRecoverPackage(laptop, ticket, {
      manifest,
      roster: made.body.roster,
      vaultComponent: await openBundle(made.body, sync.recipient.privateKey),
      encryptedKek: await sealKekBlob(userKey, path, kek),
      emails: {
        escrowed: await sealEscrowEmail(platformKey, FACTS.userId, 'escrowed-7@example.org'),
        account: 'Escrowed-7@example.org',
        stated: 'escrowed-7@example.org',
      },
    });

    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'who');
    for (const index of [2, 3, 4]) {
      await room.say({ type: 'who', index });
      await room.until(({ screen }) => screen === 'who' || screen === 'recover');
    }
    const shown = await room.until(({ screen }) => screen === 'escrowed-email');
    expect(shown).toMatchObject({
      outcome: 'matched',
      addresses: { escrowed: 'escrowed-7@example.org', account: { exact: false } },
    });
    await room.until(({ screen }) => screen === 'waiting');
    const recovered = await bundleOnStick();
    expect(recovered.body).toMatchObject({
      kind: 'recover',
      facts: FACTS,
      escrowedEmail: { outcome: 'matched', account: 'same', stated: 'same', reason: null },
    });
    expect(await openBundle(recovered.body, sync.recipient.privateKey)).toEqual(kek);

    const log = parseLog(await onStick('log', recovered.body.ceremonyId, 'jsonl'));
    expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
    expect(entries(log).length).toBeGreaterThan(20);
    const text = Buffer.from(await logOnDisk(recovered.body.ceremonyId)).toString();
    expect(text).toContain('escrowed-email-compared');
    expect(text.toLowerCase()).not.toContain('escrowed-7');

    const page = await printedPage();
    const onDisk = parseLog(await logOnDisk(recovered.body.ceremonyId));
    expect(page.digests).toEqual({
      Manifest: recovered.body.manifestDigest,
      Roster: recovered.body.rosterDigest,
      Descriptor: sync.descriptor.digest,
      Package: recovered.body.packageDigest,
      Bundle: recovered.digest,
      'Transcript head': entries(onDisk).at(-1)?.previous,
    });
    expect(page.text).toContain(FACTS.requestCode);
    // It can be printed again, and what the bundle's quorum signed stays authenticated.
    await printedPage();
    const kept = parseLog(await logOnDisk(recovered.body.ceremonyId));
    expect(kinds(kept).filter((kind) => kind === 'witness-page-printed')).toHaveLength(2);
    expect(verifyLog(kept, { manifest }).standing).toBe('authenticated');

    await carryReceipt(laptop, recovered, { sequence: 2 });
    await room.until(({ screen }) => screen === 'closed');
    await host.leave();
    const home = await host.home();
    expect(home.ceremonies.map(({ standing }) => standing)).toEqual(['closed', 'closed']);
    expect(home.sets).toMatchObject([{ standing: 'live', proved: 4 }]);
  });
});

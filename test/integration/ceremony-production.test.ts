/**
 * Real ceremonies: Split and Recover in mode production through the real host and the real worker,
 * on sticks that are really mounted and replugged and on paper out of a real CUPS. Production lists
 * only volumes that can be taken out, which no loop device is: for this test's own loop devices the
 * answer of lsblk says `hotplug` (test/support/removable.ts). The environment check runs the
 * product's probes over the facts of a prepared laptop, and the runtime counts as the packaged one,
 * because the machine that runs tests is neither. The worker's age files are cheap (work factor 2).
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAge } from '../../electron/media/age.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import type { Participant } from '../../scripts/rehearse/people.ts';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { packageType } from '../../shared/bundle/package.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import {
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { makePackage } from '../support/documents.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  FACTS,
  makeTicket,
  openLaptop,
  STICKS,
} from '../support/headless-platform.ts';
import { codeOf } from '../support/headless-steps.ts';
import { PREPARED, STOPPING } from '../support/prepared-laptop.ts';
import { openProductionLaptop, type ProductionLaptop } from '../support/production-laptop.ts';
import {
  choose,
  expectProduction,
  logOf,
  offered,
  onStick,
  sheetOf,
  shown,
} from '../support/production-steps.ts';

/** One share on paper, one on a stick. */
const PLAN: Plan = {
  label: '2026 A',
  threshold: 2,
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'usb' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'paper' },
  page: 'A4',
};

let laptop: ProductionLaptop;
/** A set of a rehearsal, and a sheet of its share 1. */
let rehearsed: TestShareSet;
let rehearsedSheet: Uint8Array;
let made: BundleDocument;
let manifest: ManifestDocument;

beforeAll(async () => {
  laptop = await openProductionLaptop();
  rehearsed = await makeShareSet({ mode: 'rehearsal', threshold: 2, count: 2 });
  rehearsedSheet = await sheetOf(rehearsed);
});
afterAll(() => laptop?.remove());

describe('a real Split', () => {
  test('takes no document of a rehearsal', async () => {
    const { host, room, sync } = laptop;
    const { descriptor } = rehearsed.sync;
    await host.start('split', 'production');
    const other = descriptorType.toBytes(descriptor);
    expect(
      await choose(laptop, 'descriptor', 'conclave-descriptor-00000001.json', other),
    ).toMatchObject({
      code: 'document-other-mode',
    });
    await carrySetupPackage(laptop);
    await room.until(({ screen }) => screen === 'package');
    const { document } = await makePackage(rehearsed, 'setup');
    const foreign = packageType.toBytes(document);
    expect(
      await choose(laptop, 'package', 'conclave-package-00000001.json', foreign),
    ).toMatchObject({
      code: 'document-other-mode',
    });
    await room.until(({ screen }) => screen === 'plan');
    expect(sync.mode).toBe('production');
  });

  test('stops at each finding that fails or is not known, before there is any secret', async () => {
    const { room, removable } = laptop;
    laptop.facts = STOPPING[0]?.[2] ?? PREPARED;
    let view = await room.say({ type: 'plan', plan: PLAN });
    const seen: string[] = [];
    const expectStopped = async (id: string, status: string) => {
      view = await room.say({ type: 'check-again' });
      if (view.screen !== 'environment') throw new Error(`The screen is ${view.screen}.`);
      const stopping = view.findings.filter(
        (finding) => finding.stopsProduction && finding.status !== 'pass',
      );
      expect(stopping.map((finding) => [finding.id, finding.status])).toEqual([[id, status]]);
      expect(view.stops).toBe(true);
      expect(await room.ask({ type: 'continue' })).not.toBeNull();
      expect(room.view.screen).toBe('environment');
      seen.push(`${id} ${status}`);
    };
    for (const [id, status, facts] of STOPPING) {
      laptop.facts = facts;
      await expectStopped(id, status);
    }
    laptop.facts = PREPARED;
    // No stick that can be taken out; no printer.
    const devices = removable.splice(0);
    await expectStopped('stick', 'fail');
    removable.push(...devices);
    process.env['CUPS_SERVER'] = '127.0.0.1:9';
    await expectStopped('printer', 'fail');
    process.env['CUPS_SERVER'] = laptop.printer.server;

    expect(seen).toHaveLength(20);
    expect(laptop.workers).toBe(0);
    const kinds = entries(await logOf(laptop)).map((entry) => fact(entry, 'kind'));
    expect(kinds.filter((kind) => kind === 'environment-checked')).toHaveLength(21);
    expect(kinds).not.toContain('key-made');
  });

  test('offers no image file, and offers it after an exception sheet in the same sitting', async () => {
    const { room, people } = laptop;
    expect(await room.say({ type: 'check-again' })).toMatchObject({ stops: false });
    await room.until(({ screen, turn }) => screen === 'read-back' && turn?.name === 'witness');
    expect(laptop.workers).toBe(1);
    expect(await room.ask({ type: 'read', how: 'file' })).toMatchObject({
      code: 'file-needs-exception',
    });
    await room.ask({ type: 'exception', text: 'The camera of this laptop is broken.' });
    const witness = people.get('witness');
    witness.hands = { way: 'file' };
    await room.until(({ screen }) => screen === 'copy');
    expect(offered(laptop, 'witness')).toContain('file');
    witness.hands = {};
  });

  test('takes in the next sitting neither an image file nor the sheet of a rehearsal', async () => {
    const { room, printer } = laptop;
    await room.until(({ screen, turn }) => screen === 'read-back' && turn?.name === 'custodian 1');
    expect(await room.ask({ type: 'read', how: 'file' })).toMatchObject({
      code: 'file-needs-exception',
    });
    // Nor does the worker take one that is pushed through the entry window's port.
    const path = (await printer.sheets()).at(-1) ?? '';
    const printed = new Uint8Array(await readFile(path));
    expect((await readPaperFile(printed.slice())).kind).toBe('share');
    expect(await shown(laptop, 'custodian 1', printed, 'file')).toEqual(['entry-way-closed']);
    expect(offered(laptop, 'custodian 1')).toEqual(['camera', 'typed']);
    expect(await shown(laptop, 'custodian 1', rehearsedSheet)).toEqual(['share-other-mode']);
    expect(room.view.screen).toBe('read-back');
  });

  test('ends with a bundle on a real stick, every stick replugged, nothing left in the spool', async () => {
    const { room, printer } = laptop;
    const view = await room.until(({ screen }) => screen === 'waiting');
    if (view.screen !== 'waiting') throw new Error('It does not wait.');
    expect(view.savedOn).toEqual(['stick TRAVEL']);
    made = bundleType.parse(await onStick(laptop, 'bundle', view.bundleDigest), 'production');
    expect(made.body).toMatchObject({ mode: 'production', kind: 'setup' });
    // The operator's and that of custodian 2.
    expect(laptop.replugs).toBe(2);
    // Share and identity of custodian 1, identity of the witness.
    expect(await printer.sheets()).toHaveLength(3);
    expect(await printer.spooled()).toEqual([]);
  });

  test('whose log, manifest, media and home say production', async () => {
    const { people, sticks, host } = laptop;
    manifest = parseManifest(
      await onStick(laptop, 'manifest', made.body.manifestDigest),
      'production',
    );
    expect(manifest.body.mode).toBe('production');
    const log = await expectProduction(laptop, made.body.ceremonyId);
    expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
    const files = (await readdir(sticks['custodian 2'].path)).filter((name) =>
      name.endsWith('.age'),
    );
    expect(files).toHaveLength(2);
    expect(files.join()).not.toContain('rehearsal');
    const [file = ''] = files.filter((name) => name.includes('share'));
    const locked = new Uint8Array(await readFile(join(sticks['custodian 2'].path, file)));
    const share = decodeShare(await openAge(locked, people.get('custodian 2').person.words));
    expect(share).toMatchObject({ mode: 'production', index: 2 });
    const sheet = people.get('custodian 1').sheets.share?.slice() ?? new Uint8Array();
    expect(decodeShare((await readPaperFile(sheet)).bytes).mode).toBe('production');

    await carryReceipt(laptop, made);
    await laptop.room.until(({ screen }) => screen === 'closed');
    await host.leave();
    expect((await host.home()).sets).toMatchObject([
      { label: '2026 A', mode: 'production', standing: 'live', proved: 2, count: 2 },
    ]);
  });
});

describe('a real Recover', () => {
  const kek = randomBytes(32);
  let pocket: Participant;

  test('begins with a ticket, which a laptop that is not ready does not make', async () => {
    const before = laptop.workers;
    laptop.facts = STOPPING[0]?.[2] ?? PREPARED;
    expect(await codeOf(makeTicket(laptop))).toBe('laptop-not-ready');
    // Nobody sat down for it.
    laptop.people.forget();
    expect(laptop.workers).toBe(before);
    laptop.facts = PREPARED;
    const { ticket, ...rest } = await makeTicket(laptop);
    pocket = rest.pocket;
    expect(ticket.body.mode).toBe('production');

    if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
    const vaultComponent = await openBundle(made.body, laptop.sync.recipient.privateKey);
    const component = await componentFromMedia(laptop.people, manifest.body, {
      'custodian 2': laptop.sticks['custodian 2'].path,
    });
    const userKey = await userRecoveryKey(xorComponents(component, vaultComponent), FACTS.userId);
    const path = vaultPaths.userSurveyRecoveryKek(FACTS.userId, FACTS.surveyId);
    await carryRecoverPackage(laptop, ticket, {
      manifest,
      roster: made.body.roster,
      vaultComponent,
      encryptedKek: await sealKekBlob(userKey, path, kek),
    });
  });

  test('stops at the environment as a Split does', async () => {
    const { host, room } = laptop;
    const before = laptop.workers;
    laptop.facts = STOPPING[1]?.[2] ?? PREPARED;
    await host.start('recover', 'production');
    const view = await room.until(({ screen }) => screen === 'environment');
    expect(view).toMatchObject({ stops: true });
    expect(await room.ask({ type: 'continue' })).not.toBeNull();
    expect(laptop.workers).toBe(before);
    laptop.facts = PREPARED;
    expect(await room.say({ type: 'check-again' })).toMatchObject({ stops: false });
  });

  test('takes no share of a rehearsal and no image file; then opens the survey key', async () => {
    const { room, people, sync, host } = laptop;
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'who');
    await room.say({ type: 'who', index: 1 });
    await room.until(({ screen }) => screen === 'share-in');
    expect(await shown(laptop, 'custodian 1', rehearsedSheet)).toEqual(['share-other-mode']);
    expect(await room.ask({ type: 'read', how: 'file' })).toMatchObject({
      code: 'file-needs-exception',
    });
    expect(room.view.screen).toBe('share-in');
    const view = await room.until(({ screen }) => screen === 'waiting');
    if (view.screen !== 'waiting') throw new Error('It does not wait.');
    const recovered = bundleType.parse(
      await onStick(laptop, 'bundle', view.bundleDigest),
      'production',
    );
    expect(recovered.body).toMatchObject({ mode: 'production', kind: 'recover', facts: FACTS });
    expect(await openBundle(recovered.body, sync.recipient.privateKey)).toEqual(kek);
    const log = await expectProduction(laptop, recovered.body.ceremonyId);
    expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
    await carryReceipt(laptop, recovered, { sequence: 2 });
    await room.until(({ screen }) => screen === 'closed');
    await host.leave();
    expect((await host.home()).ceremonies).toMatchObject([
      { mode: 'production', standing: 'closed' },
      { mode: 'production', standing: 'closed' },
    ]);
  });
});

describe('a rehearsal', () => {
  test('takes neither documents nor sheets of a real ceremony', async () => {
    const practice = await openLaptop();
    try {
      const { host, room, people } = practice;
      const folder = join(practice.rehearsalFolder, STICKS.sync);
      const ask = async (kind: 'descriptor' | 'package', bytes: Uint8Array) => {
        const name = `conclave-${kind}-00000001.json`;
        await writeFile(join(folder, name), bytes);
        const found = await host.findDocuments({ kind, mode: 'rehearsal' });
        const id = found.find(({ fileName }) => fileName === name)?.id ?? '';
        return room.ask({ type: 'choose-document', id });
      };
      await host.start('split', 'rehearsal');
      const descriptor = descriptorType.toBytes(laptop.sync.descriptor);
      expect(await ask('descriptor', descriptor)).toMatchObject({ code: 'document-other-mode' });
      await carrySetupPackage(practice);
      await room.until(({ screen }) => screen === 'package');
      const real = await makeShareSet({ mode: 'production', threshold: 2, count: 2 });
      const { document } = await makePackage(real, 'setup');
      expect(await ask('package', packageType.toBytes(document))).toMatchObject({
        code: 'document-other-mode',
      });
      await room.until(({ screen }) => screen === 'plan');
      await room.say({ type: 'plan', plan: PLAN });
      await room.until(
        ({ screen, turn }) => screen === 'read-back' && turn?.name === 'custodian 1',
      );
      const sheet = laptop.people.get('custodian 1').sheets.share;
      if (sheet === undefined) throw new Error('The real sheet is gone.');
      const custodian = people.get('custodian 1');
      const before = custodian.person.refusals.length;
      custodian.hands = { sheets: { share: sheet } };
      const note = await room.ask({ type: 'read', how: 'camera' });
      const said = [...custodian.person.refusals.slice(before), ...(note === null ? [] : [note])];
      expect(said.map(({ code }) => code)).toContain('share-other-mode');
      expect(room.view.screen).toBe('read-back');
    } finally {
      await practice.remove();
    }
  });
});

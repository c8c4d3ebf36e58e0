/**
 * A laptop that dies while a set in force is used, proved or refreshed.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { batchFolder } from '../../shared/bundle/move-batch.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { openNewRoster } from '../../shared/bundle/roster-bundle.ts';
import { openNewSet } from '../../shared/bundle/rotate.ts';
import { sealKekBlob, userRecoveryKey, vaultPaths } from '../../shared/checktick/index.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import {
  carryRecoverPackage,
  FACTS,
  makeTicket,
  packageFacts,
  STICKS,
} from '../support/headless-platform.ts';
import { carryAddSetPackage, ON_CALL } from '../support/headless-add-set.ts';
import { carryFullDrill } from '../support/headless-drill.ts';
import { carryPlainPackage } from '../support/headless-plain.ts';
import { cameBack, keptKey, ofTicket, openMoved, packMove } from '../support/move-keys.ts';
import {
  layHandOver,
  layMember,
  layOrganisationMoves,
  layPassphrase,
  otherSet,
} from './organisation.ts';
import { inForceStill, opensWith } from './shares.ts';
import { type Doing, doing } from './steps.ts';
import { rememberTable, type Table } from './table.ts';
import {
  ceremonyThatDies,
  copy,
  type Laid,
  onTable,
  prepared,
  type Prepared,
  TOLD,
  type World,
} from './world.ts';

/** The shortest at the front: what is begun in an evening is finished, too. */
export const USING = [
  'activate',
  'retire',
  'drill',
  'recover',
  'member',
  'passphrase',
  'organisation',
  'full-drill',
  'hand-over',
  'roster',
  'move',
  'refresh',
  'add-set',
] as const satisfies Doing[];
type Using = (typeof USING)[number];

/** Labels of sticks that hold no share yet. */
const FRESH = { 'custodian 2': 'practice stick D', 'custodian 4': 'practice stick E' };

const LAY: Readonly<Record<Using, (world: World) => Promise<Laid>>> = {
  recover: layRecovery,
  drill: (world) => layPlain(world, { kind: 'drill' }, ofKind('drill')),
  async 'full-drill'({ laptop, before }) {
    const { pocket, name } = await carryFullDrill(laptop, before);
    return { package: name, pocket, comes: drilled };
  },
  roster(world) {
    const { manifest, roster } = world.before;
    return layPlain(world, { kind: 'roster', replacesAdmins: false }, async (_, { body }) => {
      assert(body.kind === 'roster');
      const { people } = openNewRoster(body, manifest.body, roster).body;
      assert(people.some(({ name }) => name === 'operator 2'));
      await Promise.resolve();
    });
  },
  async activate(world) {
    const { manifest } = await nextSet(world);
    const others = [envelopeToJson(manifest.envelope)];
    const stored = { active: 3, other: 0 };
    return layPlain(
      world,
      { kind: 'activate', activates: 'v2', others, stored },
      ofKind('activate'),
    );
  },
  async retire(world) {
    const { manifest } = await otherSet(world, 'v0', '2024 Z');
    const others = [envelopeToJson(manifest.envelope)];
    const stored = { active: 3, other: 0 };
    return layPlain(world, { kind: 'retire', retires: 'v0', others, stored }, ofKind('retire'));
  },
  async 'add-set'(world) {
    const { laptop, before } = world;
    const { digest } = await carryAddSetPackage(laptop, { ...before, others: [] }, 1);
    return {
      package: digest.slice(0, 8),
      // Either set alone opens the key.
      async comes(table, { body }) {
        assert(body.kind === 'add-set');
        await opensWith(world, table, { ...openNewSet(body), half: before.half });
      },
    };
  },
  move: layMove,
  member: layMember,
  passphrase: layPassphrase,
  organisation: layOrganisationMoves,
  'hand-over': layHandOver,
  refresh: (world) =>
    layPlain(world, { kind: 'refresh' }, async (table, { body }) => {
      assert(body.kind === 'refresh');
      // The vault component is the one of before: the same component, on other shares.
      await opensWith(world, table, { ...openNewSet(body), half: world.before.half });
    }),
};

/** Up to the screen that waits for the receipt. */
export async function usingThatDies(world: World, what: Using): Promise<Prepared> {
  const { laptop, folder } = world;
  const { package: name, pocket = laptop.people.get('nobody'), comes } = await LAY[what](world);
  const base = join(folder, what);
  await copy(laptop.root, base);
  rememberTable(base, laptop.people, pocket, { package: name });
  return ceremonyThatDies(world, {
    what,
    base,
    told: { ...TOLD, plan: ON_CALL, fresh: FRESH },
    // The sticks of the first attempt hold void shares now: it is on paper.
    again: { ...TOLD, plan: { ...ON_CALL, label: 'On call 2028' } },
    holds: (table) => inForceStill(world, table),
    comes,
  });
}

/** Shares are read without sync: nothing waits, and home says what was read. */
export async function checkThatDies(world: World): Promise<Prepared> {
  const { laptop, before, folder } = world;
  const { setId, generation, shares } = before.manifest.body;
  const base = join(folder, 'check');
  await copy(laptop.root, base);
  rememberTable(base, laptop.people, laptop.people.get('nobody'), {});
  const told = { ...TOLD, set: { setId, generation } };
  return prepared(world, { what: 'check', base, told }, (root) =>
    onTable(root, async (table) => {
      await inForceStill(world, table);
      const checks = async () =>
        (await table.host.home()).ceremonies.filter(({ kind }) => kind === 'drill');
      const [begun] = await checks();
      assert(['closed', 'void'].includes(begun?.standing ?? 'void'));
      if (begun?.standing !== 'closed') {
        await doing('check', table, told);
        await table.host.leave();
      }
      assert.equal((await checks()).filter(({ standing }) => standing === 'closed').length, 1);
      const { sets } = await table.host.home();
      const set = sets.find((one) => one.setId === setId);
      assert.deepEqual(
        [set?.proved, set?.notProved, set?.provedByNonce],
        [shares.length, 0, false],
      );
      await inForceStill(world, table);
    }),
  );
}

async function drilled(_: Table, { body }: BundleDocument): Promise<void> {
  assert(body.kind === 'drill' && body.full?.opened === true);
  await Promise.resolve();
}

function ofKind(kind: BundleDocument['body']['kind']): Laid['comes'] {
  return async (_, { body }) => {
    assert.equal(body.kind, kind);
    await Promise.resolve();
  };
}

async function layPlain(
  { laptop, before }: World,
  about: Parameters<typeof carryPlainPackage>[2],
  comes: Laid['comes'],
): Promise<Laid> {
  const { digest } = await carryPlainPackage(laptop, before, about);
  return { package: digest.slice(0, 8), comes };
}

async function layRecovery({ laptop, before, platformKey }: World): Promise<Laid> {
  const { userId, surveyId } = FACTS;
  const kek = randomBytes(32);
  const { ticket, pocket } = await makeTicket(laptop);
  const { digest } = await carryRecoverPackage(laptop, ticket, {
    manifest: before.manifest,
    roster: envelopeToJson(before.roster.envelope),
    vaultComponent: before.half,
    encryptedKek: await sealKekBlob(
      await userRecoveryKey(platformKey, userId),
      vaultPaths.userSurveyRecoveryKek(userId, surveyId),
      kek,
    ),
  });
  return {
    package: digest.slice(0, 8),
    pocket,
    async comes(_, { body }) {
      const opened = await openBundle(body, laptop.sync.recipient.privateKey);
      assert(equalBytes(opened, kek), 'the bundle holds another survey key');
    },
  };
}

const nextSet = (world: World) => otherSet(world, 'v2', '2028 B');

/** Three survey keys in two files. */
async function layMove(world: World): Promise<Laid> {
  const { laptop, before, platformKey } = world;
  const next = await nextSet(world);
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'migrate-escrows' });
  const { escrowKey = '' } = before.manifest.body;
  const from = {
    mode: 'rehearsal',
    audience: laptop.sync.audience,
    platformKey,
    escrowKey,
  } as const;
  const batches = [
    [await keptKey(from, 31, 'checktick'), await keptKey(from, 32, 'sealed')],
    [await keptKey(from, 51, 'checktick')],
  ];
  const { body, files, places } = await packMove(
    packageFacts(laptop, 1),
    ofTicket(ticket),
    { ...before, roster: envelopeToJson(before.roster.envelope), vaultComponent: before.half },
    next.manifest,
    batches,
  );
  const document = await packageType.sign(body, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  const out = join(laptop.stickFolder('sync'), 'survey keys');
  await mkdir(out);
  for (const [at, bytes] of files.entries()) {
    await writeFile(join(out, `part ${at + 1}.json`), bytes);
  }
  return {
    package: document.digest.slice(0, 8),
    pocket,
    async comes({ rehearsalFolder }, bundle) {
      assert(bundle.body.kind === 'migrate-escrows');
      assert.equal(bundle.body.counts.moved, 3);
      const back = join(rehearsalFolder, STICKS.sync, batchFolder('moved', bundle.body));
      const names = (await readdir(back)).sort();
      assert.equal(names.length, files.length);
      for (const [at, name] of names.entries()) {
        const place = places[at];
        assert(place !== undefined);
        const bytes = new Uint8Array(await readFile(join(back, name)));
        const keys = await cameBack(bytes, place, laptop.sync.recipient.privateKey);
        for (const [which, { kek }] of (batches[at] ?? []).entries()) {
          const moved = await openMoved(keys[which], place, next);
          assert(equalBytes(moved, kek), `key ${which + 1} of file ${at + 1} is another one`);
        }
      }
    },
  };
}

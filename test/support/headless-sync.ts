/**
 * A laptop without a window beside a real sync: what is carried between them, asked for, approved and
 * committed.
 * @module
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { batchFolder } from '../../shared/bundle/move-batch.ts';
import type { NewSet } from '../../shared/bundle/rotate.ts';
import { ticketType, type TicketDocument } from '../../shared/bundle/ticket.ts';
import { openSurveyColumn, xorComponents } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { parseRoster } from '../../shared/identity/roster.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import type { BundleAnswer, FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, STICKS, type Laptop } from './headless-platform.ts';
import { bundleOf } from './headless-rotate.ts';
import { PAIR } from './headless-steps.ts';
import { approvedRequest, seededSurvey } from './sync-ceremony.ts';
import { bytesOf } from './sync-client.ts';
import type { Deployment, Service } from './sync-service.ts';

const ON_PAPER = 'as on the witness’s paper';

export interface Between {
  /**
   * Imported, approved with these words, committed; the receipt comes home. Without words nobody
   * approves; null: two do, and type none.
   */
  commit(bundle: BundleDocument, words?: string | null): Promise<void>;
  /** Asked for with the ticket, released by two, carried. */
  release(path: string, ticket: TicketDocument, more: object): Promise<void>;
  /** The set of PAIR, split on the laptop and committed, with the platform key that it gives. */
  pairCommitted(
    deployment: Deployment,
    half: () => Promise<Uint8Array>,
  ): Promise<NewSet & { readonly platformKey: Uint8Array }>;
  /**
   * The survey of the deployment, recovered.
   * @param give at the laptop, where the package is open and shares are wanted
   * @param set whose shares are given, by its id; absent: the only one
   * @returns the survey's key, as the passphrase that sync shows opens it
   */
  recovered(
    deployment: Deployment,
    give: () => Promise<void>,
    set?: string,
  ): Promise<{ readonly bundle: BundleDocument; readonly kek: Uint8Array }>;
}

export function between(service: Service, laptop: Laptop): Between {
  const { operator, approver1, approver2 } = service.admins;
  const carried = (kind: string, file: FileAnswer) =>
    laptop.carry(kind, file.digest, bytesOf(file));

  async function commit(bundle: BundleDocument, words?: string | null): Promise<void> {
    const name = `conclave-bundle-${bundle.digest.slice(0, 8)}.json`;
    const bytes = await readFile(join(laptop.rehearsalFolder, STICKS.sync, name));
    await operator.post('/v1/bundles', new Uint8Array(bytes));
    for (const file of await filesBack(bundle)) {
      await operator.post(`/v1/bundles/${bundle.digest}/files`, file);
    }
    for (const approver of words === undefined ? [] : [approver1, approver2]) {
      const entry = words == null ? { reason: 'as agreed' } : { words, reason: ON_PAPER };
      await approver.approve('bundle-approve', bundle.digest, entry);
    }
    const done = await operator.post<BundleAnswer>(`/v1/bundles/${bundle.digest}/commit`);
    if (done.state !== 'committed') throw new Error(`It is ${done.state}.`);
    await carried('receipt', await operator.get(`/v1/bundles/${bundle.digest}/receipt`));
    const view = await laptop.room.until(({ screen }) => screen === 'closed');
    if (view.screen !== 'closed' || view.outcome !== 'committed') throw new Error('Not closed.');
    await laptop.host.leave();
  }

  /** Of survey keys that moved: what lies on the stick beside the bundle. */
  async function filesBack({ body }: BundleDocument): Promise<Uint8Array[]> {
    if (body.kind !== 'migrate-escrows') return [];
    const folder = join(laptop.rehearsalFolder, STICKS.sync, batchFolder('moved', body));
    const names = await readdir(folder);
    return Promise.all(
      names.map(async (name) => new Uint8Array(await readFile(join(folder, name)))),
    );
  }

  /** The files of survey keys of a released package, in their folder. */
  async function carryFiles(nonce: string, files: number): Promise<void> {
    const folder = join(laptop.rehearsalFolder, STICKS.sync, batchFolder('move', { nonce }));
    await mkdir(folder);
    for (let number = 1; number <= files; number += 1) {
      const file = await operator.get<FileAnswer>(`/v1/packages/${nonce}/files/${number}`);
      await writeFile(join(folder, file.fileName), bytesOf(file));
    }
  }

  async function release(path: string, { digest, ...ticket }: TicketDocument, more: object) {
    const { nonce } = await operator.post<PackageAnswer>(path, {
      ticket: Buffer.from(ticketType.toBytes({ digest, ...ticket })).toString('base64'),
      words: eightWords(hexToBytes(digest)),
      ...more,
    });
    for (const approver of [approver1, approver2]) {
      await approver.approve('package-release', nonce, { reason: 'as agreed' });
    }
    await carried('package', await operator.get(`/v1/packages/${nonce}/file`));
    const { files } = await operator.get<PackageAnswer>(`/v1/packages/${nonce}`);
    if (files !== null) await carryFiles(nonce, files.of);
  }

  return {
    commit,
    release,
    async pairCommitted(deployment, half) {
      const descriptor = await operator.get<FileAnswer & { words: string }>('/v1/descriptor');
      await carried('descriptor', descriptor);
      await carried('package', await operator.post('/v1/packages/setup', { keyVersion: 'v1' }));
      const { host, room, people, rehearsalFolder } = laptop;
      await host.start('split', 'rehearsal');
      await room.until(({ screen }) => screen === 'descriptor-words');
      await room.say({ type: 'words', words: eightWords(hexToBytes(descriptor.digest)) });
      await room.until(({ screen }) => screen === 'plan');
      await room.say({ type: 'plan', plan: PAIR });
      const setup = await bundleOf(laptop);
      if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
      const manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
      const roster = parseRoster(encodeJson(setup.body.roster), 'rehearsal', manifest.body);
      await commit(setup, eightWords(hexToBytes(manifest.digest)));
      const component = await componentFromMedia(people, manifest.body, {
        'custodian 2': join(rehearsalFolder, STICKS['custodian 2']),
        'custodian 4': join(rehearsalFolder, STICKS['custodian 4']),
      });
      const platformKey = xorComponents(await half(), component);
      await deployment.escrow(platformKey);
      return { manifest, roster, platformKey };
    },
    async recovered(deployment, give, set) {
      const { host, room, people } = laptop;
      const { code } = await approvedRequest(service.admins, seededSurvey(deployment));
      const { ticket, pocket } = await makeTicket(laptop);
      const named = set === undefined ? {} : { set };
      await release('/v1/packages/recover', ticket, { requestCode: code, ...named });
      await host.start('recover', 'rehearsal');
      await room.until(({ screen }) => screen === 'ticket-key');
      people.expect(pocket);
      await give();
      const bundle = await bundleOf(laptop);
      await commit(bundle);
      const { passphrase } = await operator.post<{ passphrase: string }>(
        `/v1/bundles/${bundle.digest}/passphrase`,
      );
      const [row] = await deployment.sql<{ password: Buffer }>(
        'SELECT encrypted_kek_password AS password FROM surveys_survey WHERE id = $1',
        [deployment.checktick.survey.id],
      );
      const words = new TextEncoder().encode(passphrase);
      const kek = await openSurveyColumn('passphrase', words, new Uint8Array(row?.password ?? []));
      return { bundle, kek };
    },
  };
}

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../../electron/main/host/host.ts';
import { CHAIN_RECEIPTS, CHAIN_TRANSCRIPTS, parseChain } from '../../shared/transcript/chain.ts';
import { parseDescriptor } from '../../shared/bundle/descriptor.ts';
import { parseReceipt, receiptType } from '../../shared/bundle/receipt.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { ed25519Signer } from '../../shared/encoding/dsse.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { wholeList } from '../../sync/cli/commands/remote.ts';
import type { FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/** So many receipts came after that of the setup: the chain of sync is longer than a file holds. */
const LATER = CHAIN_RECEIPTS + 100;

describe('a sync with more receipts than one chain holds', { timeout: 300_000 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let setup: MadeBundle;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-long-chain-'));
    deployment = await deploy({ mode: 'rehearsal' });
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    setup = await approvedSetup(service.admins, set);
    await committed(service.admins, setup);
    await insertReceipts();
  }, 300_000);
  afterAll(async () => {
    await deployment?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As expired packages leave them, signed by sync's own key, each upon the one before. */
  async function insertReceipts(): Promise<void> {
    const key = await deployment.kv('conclave/sync');
    const signer = ed25519Signer(hexToBytes(String(key?.['signing_key'])));
    const [last] = await deployment.sql<{ sequence: number; digest: string; epoch: number }>(
      `SELECT r.sequence::int, encode(r.digest, 'hex') AS digest, s.epoch::int AS epoch
         FROM conclave.receipts r, conclave.settings s ORDER BY r.sequence DESC LIMIT 1`,
    );
    if (last === undefined) throw new Error('the setup has no receipt');
    const rows: { nonce: string; digest: string; previous: string; content: string }[] = [];
    let previous = last.digest;
    for (let made = 1; made <= LATER; made += 1) {
      const nonce = randomBytes(16).toString('hex');
      const document = await receiptType.sign(
        {
          mode: deployment.mode,
          audience: String(key?.['audience']),
          sequence: last.sequence + made,
          previous,
          kind: 'setup',
          outcome: 'expired',
          nonce,
          packageDigest: randomBytes(32).toString('hex'),
          bundleDigest: null,
          ceremonyId: null,
          keyVersion: 'v1',
          at: formatTime(new Date()),
          epoch: last.epoch,
          // As long as such a sentence gets, so that the file is as large as it gets.
          statement: `The package expired before any bundle came. ${'x'.repeat(500)}`,
          readBack: [],
        },
        [signer],
      );
      const content = Buffer.from(receiptType.toBytes(document)).toString('hex');
      rows.push({ nonce, digest: document.digest, previous, content });
      previous = document.digest;
    }
    const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
    const values = [column('nonce'), column('digest'), column('previous'), column('content')];
    const from = `unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
      AS t (nonce, digest, previous, content, n)`;
    const all = `${from} ORDER BY n`;
    // One statement each: what refers to a row finds it there.
    await deployment.sql(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, requested_by, created_at,
         expires_at)
       SELECT decode(nonce, 'hex'), 'setup', 'expired', 'v1',
         (SELECT id FROM conclave.admins WHERE name = 'operator'),
         now() - (100000 - n) * interval '1 second', now()
         FROM ${all}`,
      values,
    );
    await deployment.sql(
      `INSERT INTO conclave.documents (digest, type, content)
       SELECT decode(digest, 'hex'), 'receipt', decode(content, 'hex') FROM ${all}`,
      values,
    );
    await deployment.sql(
      `INSERT INTO conclave.receipts (sequence, digest, previous_digest, nonce, created_at)
       SELECT ${last.sequence} + n, decode(digest, 'hex'), decode(previous, 'hex'),
         decode(nonce, 'hex'), now() FROM ${all}`,
      values,
    );
  }

  const chain = async () => bytesOf(await service.admins.operator.get<FileAnswer>('/v1/chain'));

  it('hands over every set and roster that was ever trusted, and the newest receipts in order', async () => {
    const { manifests, rosters, receipts } = parseChain(await chain(), deployment.mode);
    expect(manifests.map(({ digest }) => digest)).toEqual([set.manifest.digest]);
    expect(rosters.map(({ digest }) => digest)).toEqual([set.roster.digest]);
    expect(receipts).toHaveLength(CHAIN_RECEIPTS);
    const numbers = receipts.map(({ body }) => body.sequence);
    expect(numbers.at(-1)).toBe(LATER + 1);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    receipts.slice(1).forEach(({ body }, index) => {
      expect(body.previous).toBe(receipts[index]?.digest);
    });
  });

  it('still gives the receipts that the chain leaves out, each by its own name', async () => {
    const { receipts, descriptor } = parseChain(await chain(), deployment.mode);
    const file = await service.admins.operator.get<FileAnswer>(
      `/v1/bundles/${setup.digest}/receipt`,
    );
    const first = parseReceipt(bytesOf(file), deployment.mode, descriptor.body);
    expect(first.body).toMatchObject({ sequence: 1, outcome: 'committed', nonce: setup.nonce });
    expect(receipts.some(({ digest }) => digest === first.digest)).toBe(false);
    const [old] = await deployment.sql<{ nonce: string }>(
      `SELECT encode(nonce, 'hex') AS nonce FROM conclave.receipts WHERE sequence = 50`,
    );
    const left = await service.admins.operator.get<FileAnswer>(
      `/v1/packages/${old?.nonce}/receipt`,
    );
    expect(parseReceipt(bytesOf(left), deployment.mode, descriptor.body).body.sequence).toBe(50);
  });

  it('lists every package, page after page, none twice', async () => {
    const found = await wholeList(
      async (query) => {
        const { packages, more } = await service.admins.operator.get<{
          packages: PackageAnswer[];
          more: boolean;
        }>(`/v1/packages${query}`);
        return { items: packages, more };
      },
      ({ nonce }) => nonce,
    );
    expect(found).toHaveLength(LATER + 1);
    expect(new Set(found.map(({ nonce }) => nonce)).size).toBe(LATER + 1);
  });

  it('goes on at a laptop that knows nothing, also after a restart', async () => {
    const stick = path.join(folder, 'sticks', 'practice stick A');
    await mkdir(stick, { recursive: true });
    await writeFile(path.join(stick, 'conclave-chain-1a2b3c4d.json'), await chain());
    const laptop = () =>
      createHost({
        startWorker: () => Promise.reject(new Error('No worker is needed here.')),
        openEntryWindow: () => Promise.reject(new Error('No window is needed here.')),
        checkEnvironment: () => Promise.resolve([]),
        application: 'test',
        productionRefused: null,
        dataFolder: path.join(folder, 'laptop'),
        rehearsalFolder: path.join(folder, 'sticks'),
        clearClipboard: () => undefined,
        now: () => new Date(),
      });
    const host = laptop();
    // Other tests may have mounted sticks that hold a chain, too.
    const found = (await host.findDocuments({ kind: 'chain', mode: 'rehearsal' })).find(
      ({ volumeLabel }) => volumeLabel === path.basename(stick),
    );
    const opened = await host.openChain({ documentId: found?.id ?? '', mode: 'rehearsal' });
    expect(opened).toMatchObject({ sets: 1, wordsOf: 'descriptor' });
    const words = eightWords(hexToBytes(opened.digest));
    await host.trustChain({ digest: opened.digest, words, mode: 'rehearsal' });
    await host.shutdown();

    // Read again from its disk, as after a restart.
    const again = laptop();
    const { trustedSyncs, sets } = await again.home();
    expect(trustedSyncs).toHaveLength(1);
    expect(sets).toMatchObject([{ setId: set.manifest.body.setId, standing: 'live' }]);
    await again.shutdown();
    const descriptor = await service.admins.operator.get<FileAnswer>('/v1/descriptor');
    expect(parseDescriptor(bytesOf(descriptor), deployment.mode).digest).toBe(opened.digest);
  });

  /** As `transcript import` keeps them; the laptop would judge each, this is about which ones go along. */
  async function keepLogs(
    logs: readonly { readonly kind: string; readonly ceremonyId: string; readonly text: string }[],
  ): Promise<void> {
    for (const { kind, ceremonyId, text } of logs) {
      const digest = randomBytes(32).toString('hex');
      await deployment.sql(
        `INSERT INTO conclave.documents (digest, type, content)
         VALUES (decode($1, 'hex'), 'transcript', decode($2, 'hex'))`,
        [digest, Buffer.from(text).toString('hex')],
      );
      const facts = { kind, ceremonyId, ...(kind === 'destroy' ? {} : { nonce: setup.nonce }) };
      await deployment.sql(
        `INSERT INTO conclave.events (type, subject, facts)
         VALUES ('transcript-kept', decode($1, 'hex'), $2::jsonb)`,
        [digest, JSON.stringify(facts)],
      );
    }
  }

  it('hands on the logs that make or end something first, the newest of the others, and their receipts', async () => {
    const recoveries = Array.from({ length: CHAIN_TRANSCRIPTS + 50 }, (_, n) => ({
      kind: 'recover',
      ceremonyId: `recovery ${n}`,
      text: `recovery ${n}`,
    }));
    await keepLogs([
      { kind: 'split', ceremonyId: 'split', text: 'split' },
      { kind: 'split', ceremonyId: 'split', text: 'split, with its receipt' },
      { kind: 'split', ceremonyId: 'split', text: 'split' },
      { kind: 'new-version', ceremonyId: 'version', text: 'version' },
      { kind: 'destroy', ceremonyId: 'destruction', text: 'destruction' },
      ...recoveries,
    ]);
    const file = JSON.parse(new TextDecoder().decode(await chain())) as {
      readonly transcripts: readonly string[];
      readonly receipts: readonly { readonly payload: string }[];
    };
    const texts = file.transcripts.map((text) => Buffer.from(text, 'base64').toString());
    expect(texts).toEqual([
      'split, with its receipt',
      'version',
      'destruction',
      ...recoveries.slice(-(CHAIN_TRANSCRIPTS - 3)).map(({ text }) => text),
    ]);
    // Of the setup, which is older than the newest that a chain holds.
    expect(file.receipts).toHaveLength(CHAIN_RECEIPTS);
    const [first] = file.receipts.map(
      ({ payload }) => JSON.parse(Buffer.from(payload, 'base64').toString()) as unknown,
    );
    expect(first).toMatchObject({ sequence: 1, nonce: setup.nonce });
  });
});

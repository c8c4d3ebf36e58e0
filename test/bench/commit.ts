/**
 * A recovery's bundle from its import to `committed`, over HTTP on a real sync process with a real
 * Vault and PostgreSQL; against what cannot be left out, done bare on the same servers: the
 * signatures, the X-Wing opening, one scrypt to write the columns and one to read them back, one KV
 * read, one put and its read back, one transaction.
 * @module
 */
import { scrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { generateRecipient } from '../../shared/sealing/hpke.ts';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { makeBundle } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { bareVault } from './bare-vault.ts';
import { figures, interleave, megabytes, peakOf, timed, type Finding } from './measure.ts';

const ROUNDS = 15;
const derive = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);

interface Ready {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly set: TestShareSet;
}

/** Everything before the bundle; then the measured part. */
async function commitOne({ deployment, service, set }: Ready, imports: number[]): Promise<number> {
  const { admins } = service;
  const { people, survey } = deployment.checktick;
  const about = { userId: people.requester.id, surveyId: survey.id };
  const request = await approvedRequest(admins, about);
  const released = await releasedPackage(admins, set, request.code);
  const made = await recoverBundle(admins.operator, set, released);
  return timed(async () => {
    imports.push(await timed(() => admins.operator.post('/v1/bundles', made.bytes)));
    const { state } = await committed(admins, made);
    if (state !== 'committed') throw new Error(`The bundle is ${state}.`);
  });
}

/** The same parts with nothing between them. */
async function bareParts({ deployment, set }: Ready) {
  const recipient = await generateRecipient();
  const { sync } = set;
  const { document } = await makeBundle(
    { ...set, sync: { ...sync, recipient } },
    { kind: 'recover' },
  );
  const { payload, payloadType, signatures } = document.envelope;
  const bytes = bundleType.toBytes(document);
  const vault = bareVault(deployment.vault, deployment.env['VAULT_MOUNT'] ?? '');
  await vault.put('bench', { value: 'a'.repeat(200) });
  const url = new URL(deployment.postgres.url);
  url.pathname = new URL(deployment.env['DATABASE_URL'] ?? '').pathname;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query('CREATE TABLE bench (id serial PRIMARY KEY, content bytea)');
  const { survey } = deployment.checktick;

  async function transaction(column: Uint8Array): Promise<void> {
    await client.query('BEGIN');
    await client.query('SELECT id FROM surveys_survey WHERE id = $1 FOR UPDATE', [survey.id]);
    await client.query(
      `UPDATE surveys_survey SET encrypted_kek_password = $2, encrypted_kek_recovery = $2
        WHERE id = $1`,
      [survey.id, column],
    );
    await client.query('INSERT INTO bench (content) VALUES ($1)', [bytes]);
    await client.query('COMMIT');
  }

  async function run(): Promise<void> {
    const message = preAuthEncoding(payloadType, payload);
    for (const { keyid, sig } of signatures) {
      if (!verifyEd25519(sig, message, keyid)) throw new Error('A signature is wrong.');
    }
    await openBundle(document.body, recipient.privateKey);
    const salt = randomBytes(16);
    const cost = { N: 16_384, r: 8, p: 1 };
    const column = await derive(randomBytes(60), salt, 76, cost);
    await vault.read('bench');
    await vault.put('bench', { value: 'b'.repeat(200) });
    await vault.read('bench');
    await transaction(column);
    await derive(randomBytes(60), salt, 76, cost);
  }

  return {
    run,
    close: async () => {
      await client.end();
      vault.close();
    },
  };
}

/** The service is a child of this process; PostgreSQL and Vault are, too. */
function servicePid(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  const found = children.find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('conclave-sync'),
  );
  if (found === undefined) throw new Error('The service is not among the children.');
  return Number(found);
}

export async function measureCommit(rounds = ROUNDS): Promise<Finding> {
  const deployment = await deploy();
  try {
    const service = await deployment.start();
    const set = await shareSetFor(service.admins.operator, deployment.mode);
    await committed(service.admins, await approvedSetup(service.admins, set));
    await deployment.escrow(set.platformKey);
    const ready = { deployment, service, set };
    const bare = await bareParts(ready);
    const imports: number[] = [];
    const sides = await interleave(rounds, {
      ours: () => commitOne(ready, imports),
      bare: () => timed(bare.run),
    });
    const memory = peakOf(servicePid());
    await bare.close();
    return {
      title: 'Bundle import to committed (recovery)',
      ours: 'POST /v1/bundles and POST …/commit on a sync process, Vault over TLS, PostgreSQL with fsync',
      bare: '4 signatures, X-Wing opening, scrypt to write and to read back, KV read, put and read back, one transaction',
      target: 1.5,
      sides,
      memory: [`the sync process at its peak: ${megabytes(memory)}`],
      notes: [`${figures(imports).median.toFixed(1)} ms of it are the import`],
    };
  } finally {
    await deployment.stop();
  }
}

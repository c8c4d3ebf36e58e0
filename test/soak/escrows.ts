/**
 * Thousands of survey keys stored while Vault is sealed, restarted and killed and its tokens are
 * revoked, PostgreSQL is killed and restarted, and replicas are killed. CheckTick does what it
 * should: sends again until it is answered. Some requests go to two replicas at once. At the end
 * everything is counted beside sync, and every key is opened with the platform key.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { sealedInDocument } from '../../shared/escrow/document.ts';
import { openEscrow } from '../../shared/escrow/escrow.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { bareVault } from '../bench/bare-vault.ts';
import {
  type EscrowWorld,
  inClear,
  newUnlock,
  post,
  storing,
  type TestSurvey,
  vaultPath,
} from '../support/sync-escrows.ts';
import { deploy } from '../support/sync-service.ts';
import { type Answers, counter, crowd } from './crowd.ts';
import { causeAll, faultsOf, Replicas } from './faults.ts';

export interface EscrowsOptions {
  readonly escrows: number;
  /** In one request. */
  readonly batch: number;
  readonly replicas: number;
  readonly onProgress?: (line: string) => void;
}

export interface EscrowsFound {
  readonly seconds: number;
  readonly requests: Answers;
  readonly faults: readonly string[];
  /** What replicas wrote that ended by themselves; empty. */
  readonly fallen: readonly string[];
  /** Answers that say what cannot be; empty. */
  readonly told: readonly string[];
  readonly tally: EscrowTally;
  readonly good: boolean;
}

/** What is really there. */
export interface EscrowTally {
  /** Rows in CheckTick's table, and in sync's own. */
  readonly rows: number;
  readonly noted: number;
  /** What sync's diary says was stored, added up. */
  readonly saidStored: number;
  /** Opened with the platform key to the key that was sent. */
  readonly opened: number;
  /** Surveys that are lost, doubled or wrong, in words; empty. */
  readonly faults: readonly string[];
}

/** Requests under way at any moment. */
const CALLERS = 6;
/** Every so many requests go to two replicas at the same time. */
const TWICE = 5;

export async function soakEscrows(options: EscrowsOptions): Promise<EscrowsFound> {
  const { escrows, batch, replicas: many, onProgress = () => {} } = options;
  const deployment = await deploy();
  try {
    const replicas = new Replicas(deployment);
    for (let place = 0; place < many; place += 1) await replicas.start(place);
    const [first] = replicas.all;
    if (first === undefined) throw new Error('there is no replica');
    const world = await storing(deployment, first);
    const surveys = await world.surveys(escrows);
    const began = performance.now();
    const work = new Storing(world, replicas, surveys, batch);
    const [faults] = await Promise.all([
      causeAll(faultsOf(deployment, replicas), work, onProgress),
      work.run(),
    ]);
    const seconds = (performance.now() - began) / 1_000;
    const fallen = replicas.fallen();
    const tally = await tallyEscrows(world, surveys);
    const told = [...work.told];
    return {
      seconds,
      requests: work.count.answers(),
      faults,
      fallen,
      told,
      tally,
      good: fallen.length + told.length + tally.faults.length === 0,
    };
  } finally {
    await deployment.stop();
  }
}

/** Everything that CheckTick sends, and how far it is. */
class Storing {
  readonly count = counter();
  readonly told = new Set<string>();
  readonly #world: EscrowWorld;
  readonly #replicas: Replicas;
  readonly #requests: readonly (readonly TestSurvey[])[];
  #finished = 0;
  #refused = 0;
  #asked = 0;

  constructor(
    world: EscrowWorld,
    replicas: Replicas,
    surveys: readonly TestSurvey[],
    batch: number,
  ) {
    this.#world = world;
    this.#replicas = replicas;
    this.#requests = Array.from({ length: Math.ceil(surveys.length / batch) }, (_, at) =>
      surveys.slice(at * batch, (at + 1) * batch),
    );
  }

  refused = (): number => this.#refused;
  isDone = (): boolean => this.#finished === this.#requests.length;
  said = (): string => `${this.#finished} of ${this.#requests.length} requests done`;

  async reached(share: number): Promise<void> {
    while (this.#finished < share * this.#requests.length) await setTimeout(20);
  }

  async run(): Promise<void> {
    await crowd(this.#requests, CALLERS, async (surveys, index) => {
      const unlock = newUnlock();
      const times = index % TWICE === 0 ? 2 : 1;
      await Promise.all(Array.from({ length: times }, () => this.#until(surveys, unlock)));
      this.#finished += 1;
    });
  }

  /** Sends the same to one replica after the other until all of it is answered for good. */
  async #until(surveys: readonly TestSurvey[], unlock: string): Promise<void> {
    for (;;) {
      this.#asked += 1;
      const service = this.#replicas.all[this.#asked % this.#replicas.all.length];
      if (service === undefined) throw new Error('there is no replica');
      const checktick = this.#world.checktick(service);
      const answers = await this.count.ask(() => post(checktick, surveys.map(inClear), unlock));
      const again = answers?.some(({ refusal }) => refusal?.code === 'escrow-moved') ?? true;
      if (!again && answers !== undefined) {
        for (const { status, refusal } of answers) {
          if (status !== 'stored') this.told.add(`${status} ${refusal?.code ?? ''}`);
        }
        return;
      }
      this.#refused += 1;
      // As somebody waits who was told to try again.
      await setTimeout(200);
    }
  }
}

/** Beside sync: by a superuser in PostgreSQL, by Vault's root, with the platform key. */
async function tallyEscrows(
  world: EscrowWorld,
  surveys: readonly TestSurvey[],
): Promise<EscrowTally> {
  const { deployment, set } = world;
  const faults: string[] = [];
  const client = new Client({ connectionString: deployment.ownerUrl });
  await client.connect();
  const count = async (text: string): Promise<number> =>
    (await client.query<{ n: number }>(`SELECT ${text} AS n`)).rows[0]?.n ?? 0;
  const rows = await count('(SELECT count(*)::int FROM surveys_usersurveykekescrow)');
  const noted = await count('(SELECT count(*)::int FROM conclave.escrows)');
  const saidStored = await count(
    `(SELECT sum((facts ->> 'stored')::int)::int FROM conclave.events WHERE type = 'escrows-taken')`,
  );
  const { rows: known } = await client.query<{ survey_id: string; vault_path: string }>(
    'SELECT survey_id, vault_path FROM surveys_usersurveykekescrow',
  );
  await client.end();
  const pathOf = new Map(known.map(({ survey_id, vault_path }) => [Number(survey_id), vault_path]));
  const mount = deployment.env['VAULT_MOUNT'] ?? '';
  const vault = bareVault(deployment.vault, mount);
  const privateKey = escrowPrivateKey(set.platformKey, world.placeOf({ userId: 1, surveyId: 1 }));
  let opened = 0;
  await crowd(surveys, 4, async (survey) => {
    const path = vaultPath(survey);
    if (pathOf.get(survey.surveyId) !== path) faults.push(`${path}: no row`);
    const sealed = sealedInDocument(path, await vault.get(path));
    const key =
      sealed === undefined
        ? undefined
        : await openEscrow(privateKey, world.placeOf(survey), sealed).catch(() => undefined);
    if (key !== undefined && equalBytes(key, survey.kek)) opened += 1;
    else faults.push(`${path}: does not open to its key`);
    const { body } = await deployment.vault.api('GET', `${mount}/metadata/${path}`);
    const { current_version: version } = (body as { data: { current_version: number } }).data;
    if (version !== 1) faults.push(`${path}: written ${version} times`);
  });
  vault.close();
  for (const [what, many] of Object.entries({ rows, noted, saidStored })) {
    if (many !== surveys.length) faults.push(`${what}: ${many}`);
  }
  return { rows, noted, saidStored, opened, faults };
}

/**
 * Sync's half of survey keys that move: how long it takes to make the files, to take them back and to
 * commit, and how much memory the service holds meanwhile, once garbage is collected.
 *
 * What lies in Vault is random and opens to nobody, and what comes back was sealed without a laptop:
 * sync can tell neither. `npm run soak -- move` has the laptop's half.
 *
 * Flat: as in memory.ts, of the whole process, looked at all the while it commits.
 * @module
 */
import { fileURLToPath } from 'node:url';
import {
  type MovedSurveyKey,
  openMoveBatch,
  parseMoveBatch,
} from '../../shared/bundle/move-batch.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { inLanes } from '../../sync/escrows/places.ts';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { storing, type TestSurvey, vaultPath } from '../support/sync-escrows.ts';
import {
  askedMove,
  type MadeMove,
  moveBundle,
  movePackage,
  moving,
  type MoveWorld,
  type OpenedMove,
} from '../support/sync-move.ts';
import { PROGRAM } from '../support/sync-program.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { median } from './figures.ts';
import { unitEnvironment } from './memory.ts';

const PROBE = fileURLToPath(new URL('probe.mjs', import.meta.url));
/** The largest growth that counts as flat. */
const FLAT = 1.1;
/** Milliseconds between two looks. */
const LOOK_EVERY = 5_000;

export interface MoveSyncFound {
  readonly keys: number;
  readonly files: number;
  /** Milliseconds. */
  readonly ms: { readonly pack: number; readonly back: number; readonly commit: number };
  /** Bytes of the process before the first file, when they are made, and then while it commits. */
  readonly rss: readonly number[];
  /** The same of the heap. */
  readonly heap: readonly number[];
  /** Of the process while it commits: last quarter's median by second quarter's. */
  readonly growth: number;
  readonly good: boolean;
}

/** What lies there looks like CheckTick's kind. */
async function store(deployment: Deployment, surveys: readonly TestSurvey[]): Promise<void> {
  await inLanes(
    surveys,
    (survey) =>
      deployment.writeKv(vaultPath(survey), {
        encrypted_kek: Buffer.from(randomBytes(60)).toString('hex'),
        encrypted_email: null,
        platform_key_version: 'v1',
        algorithm: 'AES-256-GCM',
      }),
    16,
  );
  await deployment.sql(
    `INSERT INTO surveys_usersurveykekescrow (user_id, survey_id, platform_key_version_id, vault_path,
       escrowed_at, email_encrypted, recovered_count)
     SELECT $1::int, id, 'v1', 'users/' || $1 || '/surveys/' || id || '/recovery-kek', now(), false, 0
       FROM unnest($2::bigint[]) AS id`,
    [surveys[0]?.userId ?? 0, surveys.map(({ surveyId }) => String(surveyId))],
  );
}

/** As if a laptop had opened them all. */
async function sealedAnew(world: MoveWorld, opened: OpenedMove): Promise<MadeMove> {
  const { files, places, ticket } = opened;
  const { escrowKey = '' } = world.second.manifest.body;
  const results: MovedSurveyKey[][] = [];
  for (const [at, file] of files.entries()) {
    const place = places[at];
    if (place === undefined) throw new Error('no place');
    const keys = await openMoveBatch(parseMoveBatch(file, place), ticket.keys.privateKey);
    const moved: MovedSurveyKey[] = [];
    for (const { userId, surveyId } of keys) {
      const binding = world.placeOf({ userId, surveyId }, 'v2');
      const sealed = await sealEscrow(escrowKey, binding, randomBytes(32));
      moved.push({ userId, surveyId, sealed, surveyKey: 'not-compared' });
    }
    results.push(moved);
  }
  return moveBundle(world, opened, { results });
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, Math.round(performance.now() - start)];
}

/** Until it is so, looking now and then. */
async function until(isSo: () => Promise<boolean>, look = async () => {}): Promise<void> {
  for (let next = performance.now(); !(await isSo());) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (performance.now() < next) continue;
    await look();
    next = performance.now() + LOOK_EVERY;
  }
}

/** @param keys survey keys, 500 in each file */
export async function soakMoveSync(options: {
  readonly keys: number;
  readonly onProgress: (line: string) => void;
}): Promise<MoveSyncFound> {
  const { keys, onProgress } = options;
  const deployment = await deploy();
  try {
    const service = await deployment.start({
      node: ['--expose-gc', '--import', PROBE, PROGRAM],
      env: await unitEnvironment(),
    });
    const world = await moving(await storing(deployment, service), { own: 0, sealed: 0 });
    const { operator, approver1, approver2 } = service.admins;
    const rss: number[] = [];
    const heap: number[] = [];
    const sample = async () => {
      const found = await probe(service, rss.length + 1);
      rss.push(found.rss);
      heap.push(found.heap);
    };
    await store(deployment, await world.surveys(keys));
    onProgress(`${keys} survey keys are stored under v1`);
    const asked = await askedMove(deployment, world.first, 500);
    await approver1.approve('package-release', asked.nonce, { reason: 'soak' });
    await sample();
    const [, pack] = await timed(async () => {
      await approver2.approve('package-release', asked.nonce, { reason: 'soak' });
      await until(async () => {
        const { state } = await operator.get<PackageAnswer>(`/v1/packages/${asked.nonce}`);
        return state === 'released';
      });
    });
    await sample();
    onProgress(`released after ${pack} ms`);
    const opened = await movePackage(service.admins, world.first, asked, true);
    const made = await sealedAnew(world, opened);
    await operator.post('/v1/bundles', made.bytes);
    const [, back] = await timed(async () => {
      for (const file of made.files) await operator.post(`/v1/bundles/${made.digest}/files`, file);
    });
    onProgress(`${made.files.length} files are back after ${back} ms`);
    for (const approver of [approver1, approver2]) {
      await approver.approve('bundle-approve', made.digest, { reason: 'soak' });
    }
    const [, commit] = await timed(async () => {
      const answered = operator.post(`/v1/bundles/${made.digest}/commit`);
      await until(async () => {
        const { state } = await operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
        return state === 'committed';
      }, sample);
      await answered;
    });
    const [left] = await deployment.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM surveys_usersurveykekescrow WHERE platform_key_version_id = 'v1'`,
    );
    const whileItCommits = rss.slice(2);
    const quarter = (which: number) => {
      const { length } = whileItCommits;
      return median(
        whileItCommits.slice(Math.floor((which * length) / 4), ((which + 1) * length) / 4 + 1),
      );
    };
    const growth = quarter(3) / quarter(1);
    return {
      keys,
      files: made.files.length,
      ms: { pack, back, commit },
      rss,
      heap,
      growth,
      good: left?.n === 0 && growth <= FLAT,
    };
  } finally {
    await deployment.stop();
  }
}

async function probe({ child }: Service, number: number) {
  child.signal('SIGUSR2');
  const line = await child.line(new RegExp(`^memory ${number}((?: \\d+){5})$`), 60_000);
  const [rss = 0, heap = 0] = (line[1] ?? '').trim().split(' ').map(Number);
  return { rss, heap };
}

export function moveSyncLines({ keys, files, ms, rss, heap, growth }: MoveSyncFound): string {
  const each = (time: number) => (time / keys).toFixed(1);
  const megabytes = (bytes: readonly number[]) =>
    bytes.map((one) => Math.round(one / 1e6)).join(', ');
  return (
    `  ${keys} survey keys in ${files} files: made in ${ms.pack} ms (${each(ms.pack)} each), taken back in ` +
    `${ms.back} (${each(ms.back)}), committed in ${ms.commit} (${each(ms.commit)})\n` +
    `  the service before, when they are made, and while it commits: ${megabytes(rss)} MB, of it heap ${megabytes(heap)}; ` +
    `last quarter by second: ${growth.toFixed(3)}`
  );
}

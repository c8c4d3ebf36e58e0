/**
 * A full queue beside a short one, each a sync with servers of its own, asked for the same turn by
 * turn: what does the length of the queue cost?
 * @module
 */
import { parseChain } from '../../shared/transcript/chain.ts';
import { wholeList } from '../../sync/cli/commands/remote.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { type Figures, figures, interleave, timed } from '../bench/measure.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { importInBulk, type Prepared, prepareRecoveries } from './material.ts';

export interface QueueOptions {
  readonly bundles: number;
  readonly rounds: number;
  readonly onProgress?: (line: string) => void;
}

export interface QueueFound {
  readonly bundles: number;
  /** Milliseconds of each thing asked for, with a full queue and with a short one. */
  readonly asked: readonly {
    readonly what: string;
    readonly full: Figures;
    readonly short: Figures;
    /** Of the medians. */
    readonly ratio: number;
  }[];
  /** Bundles that are found when the list is followed to its end, and how many there are. */
  readonly listed: number;
  readonly there: number;
  /** Open things that the page leaves out, and says so. */
  readonly hidden: number;
  readonly good: boolean;
}

/** Bundles in the short queue. */
const SHORT = 10;

interface Side {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly set: TestShareSet;
  /** Not imported yet. */
  readonly fresh: Prepared[];
  /** Imported through the service, not committed. */
  readonly waiting: Prepared[];
}

/** A sync with so many bundles in its queue, and `rounds` more to take in. */
async function sideWith(
  { bundles, rounds }: { readonly bundles: number; readonly rounds: number },
  onMade: (many: number) => void,
): Promise<Side> {
  const deployment = await deploy();
  const service = await deployment.start({ env: { CONCLAVE_METRICS_PORT: '0' } });
  const set = await shareSetFor(service.admins.operator, deployment.mode);
  await committed(service.admins, await approvedSetup(service.admins, set));
  const prepared = await prepareRecoveries(deployment, set, bundles + rounds, onMade);
  const fresh = prepared.splice(0, rounds);
  await importInBulk(deployment, prepared);
  return { deployment, service, set, fresh, waiting: [] };
}

function metricsAddress({ child }: Service): string {
  const address = /Metrics at (http:\S+?)\.?$/m.exec(child.output())?.[1];
  if (address === undefined) throw new Error('there are no metrics');
  return address;
}

/** What is asked, in this order: the import brings what the commit takes. */
const ASKED: readonly (readonly [string, (side: Side) => Promise<unknown>])[] = [
  [
    'import',
    async ({ service, fresh, waiting }) => {
      const one = fresh.pop();
      if (one === undefined) throw new Error('no bundle is left');
      await service.admins.operator.post('/v1/bundles', one.bytes);
      waiting.push(one);
    },
  ],
  [
    'commit',
    async ({ service, waiting }) => {
      const one = waiting.pop();
      if (one === undefined) throw new Error('no bundle waits');
      const { state } = await committed(service.admins, one);
      if (state !== 'committed') throw new Error(`The bundle is ${state}.`);
    },
  ],
  ['the page’s queue', async ({ service }) => service.admins.operator.get('/v1/queue')],
  ['the list of bundles', async ({ service }) => service.admins.operator.get('/v1/bundles')],
  ['the list of requests', async ({ service }) => service.admins.operator.get('/v1/requests')],
  ['the list of packages', async ({ service }) => service.admins.operator.get('/v1/packages')],
  ['metrics', async ({ service }) => (await fetch(metricsAddress(service))).text()],
  [
    'the chain',
    async ({ service, set }) => {
      const file = await service.admins.operator.get<FileAnswer>('/v1/chain');
      const { manifests } = parseChain(bytesOf(file), set.mode);
      // However many bundles came since, a new laptop learns which set is trusted.
      if (manifests.length !== 1) throw new Error('the trusted share set is missing in the chain');
    },
  ],
];

/** How many different bundles the list holds, page after page. */
async function everyBundle({ service }: Side): Promise<number> {
  const all = await wholeList(
    async (query) => {
      const { bundles, more } = await service.admins.operator.get<{
        bundles: BundleAnswer[];
        more: boolean;
      }>(`/v1/bundles${query}`);
      return { items: bundles, more };
    },
    ({ digest }) => digest,
  );
  return new Set(all.map(({ digest }) => digest)).size;
}

export async function soakQueue(options: QueueOptions): Promise<QueueFound> {
  const { bundles, rounds, onProgress = () => {} } = options;
  const sides: Side[] = [];
  try {
    // One more round than is measured, for the compiler.
    const more = rounds + 1;
    const full = await sideWith({ bundles, rounds: more }, (made) => {
      if (made % 1_000 === 0) onProgress(`${made} bundles prepared`);
    });
    sides.push(full);
    const short = await sideWith({ bundles: SHORT, rounds: more }, () => {});
    sides.push(short);
    const asked: QueueFound['asked'][number][] = [];
    for (const [what, ask] of ASKED) {
      const times = await interleave(rounds, {
        ours: () => timed(() => ask(full)),
        bare: () => timed(() => ask(short)),
      });
      const [one, other] = [figures(times.ours), figures(times.bare)];
      asked.push({ what, full: one, short: other, ratio: one.median / other.median });
      onProgress(`${what}: measured`);
    }
    const listed = await everyBundle(full);
    const [row] = await full.deployment.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM conclave.bundles',
    );
    const there = row?.n ?? 0;
    const { hidden } = await full.service.admins.operator.get<QueueAnswer>('/v1/queue');
    return { bundles, asked, listed, there, hidden, good: listed === there };
  } finally {
    for (const { deployment } of sides) await deployment.stop();
  }
}

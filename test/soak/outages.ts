/**
 * Thousands of bundles while Vault is sealed, restarted and killed and its tokens are revoked,
 * PostgreSQL is killed and restarted, and replicas are killed. Callers do what people do: ask again
 * until they are answered. At the end everything is counted beside sync.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { deploy, type Service } from '../support/sync-service.ts';
import { type Answers, counter, crowd } from './crowd.ts';
import { causeAll, faultsOf, Replicas } from './faults.ts';
import { type Prepared, prepareRecoveries } from './material.ts';
import { tally, type Tally } from './tally.ts';

export interface OutagesOptions {
  readonly bundles: number;
  /** How many of them are committed; the others stay in the queue. */
  readonly commits: number;
  readonly replicas: number;
  readonly onProgress?: (line: string) => void;
}

export interface OutagesFound {
  readonly seconds: { readonly prepared: number; readonly run: number };
  readonly imported: Answers;
  readonly committed: Answers;
  readonly faults: readonly string[];
  /** What replicas wrote that ended by themselves; empty. */
  readonly fallen: readonly string[];
  /** Good answers that say what cannot be; empty. */
  readonly told: readonly string[];
  readonly tally: Tally;
  readonly good: boolean;
}

/** Callers that import, and callers that commit. */
const IMPORTERS = 6;
const COMMITTERS = 3;

export async function soakOutages(options: OutagesOptions): Promise<OutagesFound> {
  const { bundles, replicas: many, onProgress = () => {} } = options;
  const commits = Math.min(options.commits, bundles);
  // Its own servers: the faults are nobody else's.
  const deployment = await deploy();
  try {
    const replicas = new Replicas(deployment);
    for (let place = 0; place < many; place += 1) await replicas.start(place);
    const [first] = replicas.all;
    if (first === undefined) throw new Error('there is no replica');
    const set = await shareSetFor(first.admins.operator, deployment.mode);
    await committed(first.admins, await approvedSetup(first.admins, set));
    const began = performance.now();
    const prepared = await prepareRecoveries(deployment, set, bundles, (made) => {
      if (made % 1_000 === 0) onProgress(`${made} bundles prepared`);
    });
    const ready = performance.now();

    const work = new Work(replicas.all, prepared, commits);
    const [faults] = await Promise.all([
      causeAll(faultsOf(deployment, replicas), work, onProgress),
      work.run(),
    ]);
    const done = performance.now();
    const fallen = replicas.fallen();
    const counted = await tally(deployment, set, prepared, (one) =>
      work.isToCommit(one) ? 'committed' : 'waiting',
    );
    return {
      seconds: { prepared: (ready - began) / 1_000, run: (done - ready) / 1_000 },
      imported: work.imports.answers(),
      committed: work.commits.answers(),
      faults,
      fallen,
      told: [...work.told],
      tally: counted,
      good: counted.faults.length + fallen.length + work.told.size === 0,
    };
  } finally {
    await deployment.stop();
  }
}

/** Everything that callers do, and how far they are. */
class Work {
  readonly imports = counter();
  readonly commits = counter();
  /** Good answers that say what cannot be. */
  readonly told = new Set<string>();
  readonly #replicas: readonly Service[];
  readonly #prepared: readonly Prepared[];
  readonly #toCommit: ReadonlySet<string>;
  readonly #total: number;
  #finished = 0;
  #refused = 0;
  #asked = 0;

  constructor(replicas: readonly Service[], prepared: readonly Prepared[], commits: number) {
    this.#replicas = replicas;
    this.#prepared = prepared;
    const every = Math.max(1, Math.floor(prepared.length / Math.max(1, commits)));
    const chosen = prepared.filter((_one, index) => index % every === 0).slice(0, commits);
    this.#toCommit = new Set(chosen.map(({ digest }) => digest));
    this.#total = prepared.length + this.#toCommit.size;
  }

  isToCommit = ({ digest }: Prepared): boolean => this.#toCommit.has(digest);
  refused = (): number => this.#refused;
  isDone = (): boolean => this.#finished === this.#total;
  said = (): string => `${this.#finished} of ${this.#total} done`;

  async reached(share: number): Promise<void> {
    while (this.#finished < share * this.#total) await setTimeout(20);
  }

  async run(): Promise<void> {
    const progress = { importing: true };
    const queue: Prepared[] = [];
    const importAll = crowd(this.#prepared, IMPORTERS, async (one) => {
      const answer = await this.#until(this.imports, one, ({ admins }) =>
        admins.operator.post<BundleAnswer>('/v1/bundles', one.bytes),
      );
      if (answer.state !== 'waiting') this.told.add(`imported: ${answer.state}`);
      if (this.isToCommit(one)) queue.push(one);
    }).then(() => {
      progress.importing = false;
    });
    const commitAll = Array.from({ length: COMMITTERS }, async () => {
      while (progress.importing || queue.length > 0) {
        const one = queue.shift();
        if (one === undefined) {
          await setTimeout(20);
          continue;
        }
        const answer = await this.#until(this.commits, one, ({ admins }) => committed(admins, one));
        if (answer.state !== 'committed') this.told.add(`committed: ${answer.state}`);
      }
    });
    await Promise.all([importAll, ...commitAll]);
  }

  /** Asks one replica after the other until one answers. */
  async #until(
    count: ReturnType<typeof counter>,
    one: Prepared,
    ask: (service: Service) => Promise<BundleAnswer>,
  ): Promise<BundleAnswer> {
    for (;;) {
      this.#asked += 1;
      const service = this.#replicas[this.#asked % this.#replicas.length];
      if (service === undefined) throw new Error('there is no replica');
      const answer = await count.ask(() => ask(service));
      if (answer !== undefined) {
        if (answer.digest !== one.digest) this.told.add('an answer about another bundle');
        this.#finished += 1;
        return answer;
      }
      this.#refused += 1;
      // As somebody waits who was told to try again.
      await setTimeout(200);
    }
  }
}

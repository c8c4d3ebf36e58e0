/**
 * Several replicas and very many submissions of one bundle at once, then as many commits of it, then
 * as many who fetch its receipt: one bundle, one commit, one receipt, and nobody is told anything
 * else.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { deploy, type Service, type Servers } from '../support/sync-service.ts';
import { type Answers, counter, crowd } from './crowd.ts';
import { prepareRecoveries } from './material.ts';
import { tally, type Tally } from './tally.ts';

export interface StormOptions {
  readonly replicas: number;
  readonly submissions: number;
  /** Requests under way at any moment. */
  readonly atOnce: number;
  readonly servers?: Servers;
}

export interface StormFound {
  readonly submitted: Answers;
  readonly committed: Answers;
  readonly fetched: Answers;
  /** Different good answers to each of the three; 1 each. */
  readonly different: readonly number[];
  readonly tally: Tally;
  readonly good: boolean;
}

export async function soakStorm(options: StormOptions): Promise<StormFound> {
  const { replicas, submissions, atOnce, servers } = options;
  const deployment = await deploy(servers === undefined ? {} : { servers });
  try {
    const services: Service[] = [];
    for (let index = 0; index < replicas; index += 1) services.push(await deployment.start());
    const [first] = services;
    if (first === undefined) throw new Error('there is no replica');
    const set = await shareSetFor(first.admins.operator, deployment.mode);
    await committed(first.admins, await approvedSetup(first.admins, set));
    const prepared = await prepareRecoveries(deployment, set, 1);
    const [one] = prepared;
    if (one === undefined) throw new Error('there is no bundle');

    const everybody = Array.from({ length: submissions }, (_, index) => index);
    const round = async (ask: (service: Service) => Promise<string>) => {
      const seen = new Set<string>();
      const count = counter();
      await crowd(everybody, atOnce, async (index) => {
        const service = services[index % services.length] ?? first;
        for (;;) {
          const answer = await count.ask(() => ask(service));
          if (answer !== undefined) {
            seen.add(answer);
            return;
          }
          // So many at once may wait too long for a connection: 503, and asked again.
          await setTimeout(200);
        }
      });
      return { answers: count.answers(), different: seen.size };
    };
    const digestAndState = ({ digest, state }: BundleAnswer): string => `${digest} ${state}`;
    const submitted = await round(async ({ admins }) =>
      digestAndState(await admins.operator.post<BundleAnswer>('/v1/bundles', one.bytes)),
    );
    const commits = await round(async ({ admins }) => digestAndState(await committed(admins, one)));
    const fetched = await round(async ({ admins }) => {
      const file = await admins.operator.get<FileAnswer>(`/v1/bundles/${one.digest}/receipt`);
      return file.content;
    });
    const counted = await tally(deployment, set, prepared, () => 'committed');
    const different = [submitted, commits, fetched].map((part) => part.different);
    return {
      submitted: submitted.answers,
      committed: commits.answers,
      fetched: fetched.answers,
      different,
      tally: counted,
      good: different.every((many) => many === 1) && counted.faults.length === 0,
    };
  } finally {
    await deployment.stop();
  }
}

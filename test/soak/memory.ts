/**
 * Memory under a steady load: the built service, asked twice a second for what a working day asks
 * of it, and after each minute how much memory it holds once garbage is collected.
 *
 * Flat: the median of the last quarter is at most 1.1 times the median of the second one, for the
 * whole process (RSS) and for the heap. The first quarter is the compiler's and the caches'.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  type Admins,
  approvedRequest,
  approvedSetup,
  committed,
  receiptFor,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { type Caller, ProblemAnswer } from '../support/sync-client.ts';
import { deploy, type Service } from '../support/sync-service.ts';
import { median, slope } from './figures.ts';
import { addSurveys, type EscrowedSurvey } from './surveys.ts';

const PROBE = fileURLToPath(new URL('probe.mjs', import.meta.url));
const UNIT = new URL('../../resources/conclave-sync.service', import.meta.url);
/** Surveys that are recovered one after the other, again and again. */
const SURVEYS = 12;
/** The largest growth that counts as flat. */
const FLAT = 1.1;

export interface MemoryOptions {
  readonly minutes: number;
  /** Requests a second. */
  readonly rate: number;
  /** The built program. */
  readonly program: string;
  /** Told after each minute. */
  readonly onSample?: (sample: Sample) => void;
}

/** Bytes, after garbage was collected. */
export interface Sample {
  readonly minute: number;
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  /** What V8 has taken for the heap, used or not; `young` is its part for new objects. */
  readonly heapTotal: number;
  readonly young: number;
  readonly requests: number;
  readonly committed: number;
}

export interface MemoryFound {
  readonly samples: readonly Sample[];
  /** Last quarter's median by second quarter's. */
  readonly growth: { readonly rss: number; readonly heap: number };
  /** Bytes an hour, over the last three quarters. */
  readonly slope: { readonly rss: number; readonly heap: number };
  readonly flat: boolean;
}

/** Lets through one call every so often, in the order of asking. */
function pacer(rate: number) {
  const every = 1_000 / rate;
  let next = performance.now();
  let passed = 0;
  return {
    passed: () => passed,
    async turn(): Promise<void> {
      const now = performance.now();
      next = Math.max(next + every, now);
      await setTimeout(next - now);
      passed += 1;
    },
  };
}
type Pacer = ReturnType<typeof pacer>;

/** The same caller, one request per turn. */
function paced(one: Caller, pace: Pacer): Caller {
  const slow: Caller = {
    get: async (path) => (await pace.turn(), one.get(path)),
    post: async (path, body) => (await pace.turn(), one.post(path, body)),
    show: async (...about) => (await pace.turn(), one.show(...about)),
    sign: async (...about) => (await pace.turn(), one.sign(...about)),
    approve: async (action, subject, entry) => slow.sign(await slow.show(action, subject, entry)),
  };
  return slow;
}

/** One recovery from the request to the passphrase handed over: 18 requests. */
async function recoverOnce(admins: Admins, set: TestShareSet, about: EscrowedSurvey) {
  const { operator } = admins;
  const request = await approvedRequest(admins, about);
  const released = await releasedPackage(admins, set, request.code);
  const made = await recoverBundle(operator, set, released);
  await operator.post('/v1/bundles', made.bytes);
  await operator.post('/v1/bundles', made.bytes);
  const { state } = await committed(admins, made);
  if (state !== 'committed') throw new Error(`The bundle is ${state}.`);
  await receiptFor(operator, set, made.digest);
  await operator.post(`/v1/bundles/${made.digest}/passphrase`);
  await operator.post(`/v1/bundles/${made.digest}/passphrase/acknowledge`);
}

/** What pages, monitoring and mistakes ask for beside it. */
async function lookAround(service: Service, operator: Caller, pace: Pacer): Promise<void> {
  const look = async (path: string, headers: Record<string, string> = {}): Promise<void> => {
    await pace.turn();
    await (await fetch(`${service.address}${path}`, { headers })).arrayBuffer();
  };
  for (const path of ['/v1/queue', '/v1/bundles', '/v1/requests', '/v1/packages', '/v1/chain']) {
    await operator.get(path);
  }
  await look('/readyz');
  await look('/livez');
  await look('/');
  await look('/v1/queue', { authorization: 'Bearer of-nobody' });
  await look('/v1/nothing-there');
  const metrics = /Metrics at (http:\S+?)\.?$/m.exec(service.child.output())?.[1];
  if (metrics !== undefined) await (await fetch(metrics)).arrayBuffer();
  const refused: unknown = await operator
    .post('/v1/bundles', new TextEncoder().encode('no bundle'))
    .catch((cause: unknown) => cause);
  if (!(refused instanceof ProblemAnswer)) throw new Error('what is no bundle was not refused');
}

/** A page that stays open: its event stream, opened again whenever it ends. */
async function watch(service: Service, token: string, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    try {
      const answer = await fetch(`${service.address}/v1/events/stream`, {
        headers: { authorization: `Bearer ${token}` },
        signal: until,
      });
      await answer.arrayBuffer();
    } catch (cause) {
      if (!until.aborted) throw cause;
    }
  }
}

async function probe(
  service: Service,
  minute: number,
): Promise<Omit<Sample, 'requests' | 'committed'>> {
  service.child.signal('SIGUSR2');
  const line = await service.child.line(new RegExp(`^memory ${minute}((?: \\d+){5})$`), 60_000);
  const figures = (line[1] ?? '').trim().split(' ').map(Number);
  const [rss = 0, heap = 0, external = 0, heapTotal = 0, young = 0] = figures;
  return { minute, rss, heap, external, heapTotal, young };
}

/** What the unit sets, so that what is measured is what systemd starts. */
export async function unitEnvironment(): Promise<Record<string, string>> {
  const lines = [...(await readFile(UNIT, 'utf8')).matchAll(/^Environment=(\w+)=(.*)$/gm)];
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
}

export async function soakMemory(options: MemoryOptions): Promise<MemoryFound> {
  const { minutes, rate, program } = options;
  const deployment = await deploy();
  const done = new AbortController();
  try {
    const node = ['--expose-gc', '--import', PROBE, program];
    const service = await deployment.start({
      node,
      env: { CONCLAVE_METRICS_PORT: '0', ...(await unitEnvironment()) },
    });
    const { admins } = service;
    const set = await shareSetFor(admins.operator, deployment.mode);
    await committed(admins, await approvedSetup(admins, set));
    const surveys = await addSurveys(deployment, set.platformKey, SURVEYS);

    const pace = pacer(rate);
    const slow: Admins = {
      operator: paced(admins.operator, pace),
      approver1: paced(admins.approver1, pace),
      approver2: paced(admins.approver2, pace),
    };
    let recovered = 0;
    const worker = async (work: (turn: number) => Promise<void>): Promise<void> => {
      for (let turn = 0; !done.signal.aborted; turn += 1) await work(turn);
    };
    const load = Promise.all([
      worker(async (turn) => {
        const about = surveys[turn % surveys.length];
        if (about === undefined) throw new Error('there are no surveys');
        await recoverOnce(slow, set, about);
        recovered += 1;
      }),
      worker(() => lookAround(service, slow.operator, pace)),
      watch(service, deployment.tokens.auditor, done.signal),
    ]);
    const samples: Sample[] = [];
    const sampling = async (): Promise<void> => {
      for (let minute = 1; minute <= minutes; minute += 1) {
        await setTimeout(60_000);
        const sample = {
          ...(await probe(service, minute)),
          requests: pace.passed(),
          committed: recovered,
        };
        samples.push(sample);
        options.onSample?.(sample);
      }
      done.abort();
    };
    // Whichever fails ends both.
    await Promise.all([load, sampling()]);
    await service.stop();
    return judge(samples);
  } finally {
    done.abort();
    await deployment.stop();
  }
}

function judge(samples: readonly Sample[]): MemoryFound {
  const quarter = Math.floor(samples.length / 4);
  const of = (what: 'rss' | 'heap') => {
    const values = samples.map((sample) => sample[what]);
    const growth =
      median(values.slice(-Math.max(1, quarter))) / median(values.slice(quarter, 2 * quarter || 1));
    return { growth, slope: slope(values.slice(quarter)) * 60 };
  };
  const [rss, heap] = [of('rss'), of('heap')];
  return {
    samples,
    growth: { rss: rss.growth, heap: heap.growth },
    slope: { rss: rss.slope, heap: heap.slope },
    flat: rss.growth <= FLAT && heap.growth <= FLAT,
  };
}

/**
 * Legacy shares: three of four put together, from their text to the component, against the same in
 * Python, whose integers and `pow` are what CheckTick uses; and the search for one wrong digit.
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  combineLegacy,
  formatLegacyShare,
  judgeLegacyShares,
  parseLegacyShare,
  splitLegacy,
} from '../../shared/checktick/index.ts';
import { PRIME } from '../../shared/checktick/legacy/field.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { randomBelow, randomBytes } from '../../shared/secret/random.ts';
import { figures, interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const PLAN = { threshold: 3, count: 4 };
/** So many in one measurement, because one takes too short. */
const TIMES = 2_000;
const COMBINE_ROUNDS = 21;
const SEARCH_ROUNDS = 101;
const PYTHON = fileURLToPath(new URL('bare/legacy.py', import.meta.url));

/** Four shares as they stand on paper, each of 512 digits. */
function texts(secret: Uint8Array): Uint8Array[] {
  for (;;) {
    const made = splitLegacy(secret, PLAN).map((share) => formatLegacyShare(share));
    if (made.every(({ length }) => length === '801-1-'.length + 512)) return made;
  }
}

interface Answer {
  readonly ms: number;
  readonly secret: string;
}

function python(shares: readonly Uint8Array[]): Promise<Answer> {
  const job = {
    prime: PRIME.toString(16),
    times: TIMES,
    shares: shares.map((share) => new TextDecoder().decode(share)),
  };
  return new Promise((resolve, reject) => {
    const child = execFile('python3', ['-I', PYTHON], (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as Answer);
      else reject(error);
    });
    child.stdin?.end(JSON.stringify(job));
  });
}

/** Puts shares together. */
export async function measureLegacy(rounds = COMBINE_ROUNDS): Promise<Finding> {
  const secret = randomBytes(64);
  const shares = texts(secret).slice(0, PLAN.threshold);
  const combine = () =>
    combineLegacy(
      shares.map((share) => parseLegacyShare(share)),
      PLAN,
    );
  const wanted = bytesToHex(secret);
  if (bytesToHex(combine()) !== wanted || (await python(shares)).secret !== wanted) {
    throw new Error('The two sides do not give the component.');
  }
  const sides = await interleave(rounds, {
    ours: () =>
      timed(async () => {
        for (let turn = 0; turn < TIMES; turn += 1) combine();
      }),
    bare: async () => (await python(shares)).ms,
  });
  return {
    title: `Legacy shares, 3 of 4, ${TIMES.toLocaleString('en')} times`,
    ours: 'parseLegacyShare and combineLegacy of shared/checktick',
    bare: 'the same in Python with pow(x, -1, p), without starting it',
    target: 0.5,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())}`],
    notes: [],
  };
}

/** Four shares of which one has a wrong digit. */
function withWrongDigit(): Uint8Array[] {
  const shares = texts(randomBytes(64));
  const share = shares[randomBelow(shares.length)] ?? new Uint8Array();
  const at = '801-1-'.length + randomBelow(512);
  share[at] = share[at] === 0x37 ? 0x38 : 0x37;
  return shares;
}

async function search(shares: readonly Uint8Array[], wanted: readonly string[]): Promise<number> {
  return timed(async () => {
    const { kind } = judgeLegacyShares(
      shares.map((share) => parseLegacyShare(share)),
      PLAN,
    );
    if (!wanted.includes(kind)) throw new Error(`The search ended with ${kind}.`);
  });
}

/** Looks for one wrong digit in four shares of 512, anywhere. */
export async function measureLegacySearch(rounds = SEARCH_ROUNDS): Promise<Finding> {
  const sides = await interleave(rounds, {
    ours: () => search(withWrongDigit(), ['wrong', 'one-of']),
    bare: () => Promise.resolve(1_000),
  });
  const strangers: number[] = [];
  for (let round = 0; round < Math.min(rounds, 11); round += 1) {
    const [other, ...rest] = [
      texts(randomBytes(64))[0] ?? new Uint8Array(),
      ...texts(randomBytes(64)).slice(1),
    ];
    strangers.push(await search([other, ...rest], ['wrong']));
  }
  const { median, max } = figures(strangers);
  return {
    title: 'Search for a wrong digit, 4 legacy shares of 512 digits',
    ours: 'judgeLegacyShares of shared/checktick, any digit of any share',
    bare: 'a second, which it must stay below',
    target: 1,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())}`],
    notes: [
      `a share of another split, which takes longest: ${median.toFixed(1)} ms (at most ${max.toFixed(1)})`,
    ],
  };
}

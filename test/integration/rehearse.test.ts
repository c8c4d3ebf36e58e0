/**
 * `npm run rehearse` as a person runs it: a process of its own, at full strength. What its table
 * names is there, and judged again from the files alone.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import { parseDescriptor } from '../../shared/bundle/descriptor.ts';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import { encodePlan, planDigest, type CeremonyPlan } from '../../shared/plan/plan.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { planInLog } from '../../shared/plan/in-log.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries, parseLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { RECOVER_PLAN, SPLIT_PLAN } from '../support/plans.ts';

const answer = z.object({
  mode: z.literal('rehearsal'),
  out: z.string(),
  made: z.array(z.object({ what: z.string(), detail: z.string(), path: z.string().nullable() })),
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function rehearse(...args: string[]): Promise<Ended> {
  const main = fileURLToPath(new URL('../../scripts/rehearse/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args]);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

/** The rows of the table that people see, under the name of its folder. */
function shownTo(text: string): string[][] {
  const [, below = ''] = text.split(`In ${one}:\n\n`);
  const [head = '', rule = '', ...rows] = below.trimEnd().split('\n');
  const starts = [...rule.matchAll(/-+/g)].map(({ index }) => index);
  expect(starts).toHaveLength(3);
  return [head, ...rows].map((row) =>
    starts.map((from, at) => row.slice(from, starts[at + 1]).trim()),
  );
}

let folder: string;
/** Where the rehearsal of the first test went: a fresh folder for each try. */
let one: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-rehearse-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(
  'the whole main job and a change of the roster, and files that say the same',
  { timeout: 1_800_000 },
  async () => {
    one = join(await mkdtemp(join(folder, 'try-')), 'one');
    const ended = await rehearse('--json', '--roster', '--out', one);
    expect(ended.code, ended.err).toBe(0);
    const { made } = answer.parse(JSON.parse(ended.out));
    expect(shownTo(ended.err)).toEqual([
      ['What', 'Of what', 'Where'],
      ...made.map(({ what, detail, path }) => [
        what,
        detail,
        path === null ? '(thrown away)' : relative(one, path),
      ]),
    ]);
    const of = (what: string) => made.filter((thing) => thing.what === what);
    const counts = Object.fromEntries(made.map(({ what }) => [what, of(what).length]));
    expect(counts).toEqual({
      descriptor: 1,
      package: 3,
      manifest: 1,
      // Two shares and four identities on paper; two shares, three identities, a ticket's key.
      sheet: 6,
      'USB file': 6,
      ticket: 1,
      bundle: 3,
      receipt: 3,
      transcript: 3,
    });
    const thrownAway = made.filter(({ path }) => path === null);
    expect(thrownAway.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^share-1-of-4/),
    ]);
    for (const { path } of made) expect(path === null || existsSync(path)).toBe(true);

    const bytesOf = async (what: string, at = 0) =>
      new Uint8Array(await readFile(of(what)[at]?.path ?? ''));
    const descriptor = parseDescriptor(await bytesOf('descriptor'), 'rehearsal');
    for (const at of [0, 1, 2]) {
      const receipt = parseReceipt(await bytesOf('receipt', at), 'rehearsal', descriptor.body);
      expect(receipt.body.outcome).toBe('committed');
      // Anchored by the descriptor alone: sync's receipt leads to the manifest.
      const log = parseLog(await bytesOf('transcript', at));
      expect(verifyLog(log, { descriptor }).standing).toBe('authenticated');
    }
    const sheet = of('sheet').find(({ detail }) => detail.startsWith('share-3'));
    const { kind, bytes } = await readPaperFile(new Uint8Array(await readFile(sheet?.path ?? '')));
    expect([kind, decodeShare(bytes).index]).toEqual(['share', 3]);

    const again = await rehearse('--out', one);
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toMatch(/is not empty/);
  },
);

test('used wrongly it says so and does nothing', async () => {
  expect(await rehearse('--production')).toMatchObject({ code: 2, out: '' });
  const help = await rehearse('--help');
  expect(help.code).toBe(0);
  expect(help.out).toMatch(/--json/);
});

const REAL: CeremonyPlan = {
  ...SPLIT_PLAN,
  set: {
    label: '2027 B',
    threshold: 2,
    custodians: [
      { name: 'head of nursing', medium: 'paper' },
      { name: 'head of records', medium: 'usb' },
      { name: 'head of pharmacy', medium: 'usb' },
    ],
    operator: { name: 'head of operations', medium: 'usb' },
    witness: { name: 'internal audit', medium: 'paper' },
    page: 'Letter',
  },
  seals: [],
};

test('the plan of a real Split is played with its people, and its digest is in the log', async () => {
  const file = join(folder, 'plan.json');
  const bytes = encodePlan(REAL);
  await writeFile(file, bytes);
  const out = join(folder, 'planned');
  const { code, out: said, err } = await rehearse('--plan', file, '--out', out, '--json');
  expect(err).toContain('The plan, warning: 3 custodians are to get a share, and 2 shares are');
  expect(code).toBe(0);
  const { made, steps } = answer
    .extend({
      steps: z.array(z.object({ step: z.string(), who: z.string(), seconds: z.number() })),
    })
    .parse(JSON.parse(said));
  expect(steps.map(({ step, who }) => `${step}: ${who}`)).toEqual(
    expect.arrayContaining(['Share 1 of 3: head of nursing', 'Share 3 of 3: head of pharmacy']),
  );
  expect(steps.reduce((sum, { seconds }) => sum + seconds, 0)).toBeGreaterThan(1);
  const path = made.find(({ what }) => what === 'transcript')?.path ?? '';
  const log = parseLog(new Uint8Array(await readFile(path)));
  const [, second] = entries(log);
  expect(second).toBeDefined();
  if (second === undefined) return;
  expect([fact(second, 'kind'), fact(second, 'digest')]).toEqual([
    'plan-loaded',
    planDigest(bytes),
  ]);
  expect(planInLog(log, { plan: REAL, digest: planDigest(bytes) })).toMatchObject({ fits: true });
});

test('a plan with YubiKeys is not begun without a window, and a recovery’s is none of a Split', async () => {
  const file = join(folder, 'keys.json');
  await writeFile(file, encodePlan(SPLIT_PLAN));
  const keys = await rehearse('--plan', file, '--out', join(folder, 'keys'));
  expect([keys.code, keys.err]).toEqual([1, expect.stringContaining('is to use a YubiKey.')]);
  await writeFile(file, encodePlan(RECOVER_PLAN));
  const other = await rehearse('--plan', file, '--out', join(folder, 'other'));
  expect([other.code, other.err]).toEqual([
    1,
    expect.stringContaining('This plan is for another ceremony'),
  ]);
  const missing = await rehearse('--plan', join(folder, 'none.json'));
  expect([missing.code, missing.out]).toEqual([2, '']);
});

/** Whether a plan is the one of a ceremony, as the auditor's command says it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRecoverLog } from '../../test/support/logs.ts';
import { RECOVER_PLAN } from '../../test/support/plans.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { encodePlan, planDigest } from '../../shared/plan/plan.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { runVerify } from './program.ts';

const bytes = encodePlan(RECOVER_PLAN);
const digest = planDigest(bytes);
let folder: string;
let log: string;
let manifest: string;
let plan: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'conclave-verify-plan-'));
  const put = (name: string, content: Uint8Array) => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const set = await makeShareSet();
  const made = await makeRecoverLog(set, {
    more: (writer, round) => {
      if (round !== 0) return;
      writer.entry('plan-loaded', {
        digest: { type: 'digest', value: digest },
        madeFor: RECOVER_PLAN.mode,
        begins: { type: 'time', value: RECOVER_PLAN.begins },
        minutes: RECOVER_PLAN.minutes,
        place: RECOVER_PLAN.place,
      });
    },
  });
  log = put('recover.jsonl', made.bytes);
  manifest = put('share-set.json', manifestType.toBytes(set.manifest));
  plan = put('plan.json', bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const said = { out: '', err: '' };
  const code = runVerify([log, '--manifest', manifest, ...args], {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { code, ...said };
}

test('the plan of the ceremony', () => {
  const { code, out } = run('--plan', plan);
  expect(code).toBe(0);
  expect(out).toContain(`The plan ${digest}: it is the one of this ceremony`);
  expect(out).toContain('has the digest of this plan.');
  expect(out).toContain(`The plan ${digest.slice(0, 16)}… was loaded, made for rehearsal:`);
});

test('another plan', () => {
  const other = path.join(folder, 'other.json');
  writeFileSync(other, encodePlan({ ...RECOVER_PLAN, minutes: 60 }));
  const { code, out } = run('--plan', other);
  expect(code).toBe(2);
  expect(out).toContain('IT IS NOT THE ONE OF THIS CEREMONY');
  expect(JSON.parse(run('--plan', other, '--json').out)).toMatchObject({ plan: { fits: false } });
});

test('what is no plan is refused, and without one nothing is said', () => {
  const { code, err } = run('--plan', manifest);
  expect(code).toBe(2);
  expect(err).toContain('(document-damaged)');
  expect(run().out).not.toMatch(/the one of this ceremony/i);
});

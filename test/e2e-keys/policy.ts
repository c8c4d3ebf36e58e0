/**
 * The rule for the media of a set, in the real window: each refusal comes before anything is written,
 * and the ledger at home shows the rule.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import { policyInWords } from '../../shared/sharing/media-policy.ts';
import type { App } from '../e2e/app.ts';
import { custodians, folders, operator, witness } from './cast.ts';

const AGREE = 'Agree on this plan';

/**
 * From a plan with one medium for each, to the same with a rule that it keeps: any medium, two kinds
 * at least, no two custodians on the same.
 */
export async function everyRefusal(app: App): Promise<void> {
  const page = app.window;
  const allowed = page.getByRole('group', { name: 'Allowed' });
  const kinds = page.getByLabel('At least how many kinds');
  const refused = async (code: string, happened: RegExp) => {
    await app.press(AGREE);
    assert.match((await app.refusal(code)).happened, happened);
    await nothingWritten();
  };
  await app.select('Rule for the media', 'with a rule');

  await allowed.getByLabel('on paper').uncheck();
  await refused('policy-medium', /^custodian 1 would have the share on paper\.$/);
  await allowed.getByLabel('on paper').check();

  await app.select('Custodian 3: kept', 'on paper');
  await app.select('At least how many kinds', '4 kinds');
  await refused('policy-kinds', /^The shares would lie on 3 kinds only: paper, USB stick, YubiKey/);
  await app.select('At least how many kinds', '2 kinds');

  await page.getByLabel('No two custodians on the same kind').check();
  await refused('policy-same-kind', /^custodian 3 and custodian 1 would both .* on paper\.$/);
  await app.select('Custodian 3: kept', 'YubiKey (OTP)');

  // The form offers no rule that nobody can keep; whoever goes round it is refused as well.
  assert.deepEqual(await kinds.locator('option').allInnerTexts(), [
    'one is enough',
    '2 kinds',
    '3 kinds',
    '4 kinds',
  ]);
  await page.evaluate(
    (plan) => window.conclave.call('ceremony:dispatch', { type: 'plan', plan }),
    impossible(),
  );
  const { happened } = await app.refusal('policy-impossible');
  assert.equal(happened, 'The rule for the media wants 2 kinds and allows paper.');
  await nothingWritten();
}

function impossible(): Plan {
  return {
    label: 'A rule that nobody can keep',
    threshold: 3,
    custodians: custodians.map(({ name }) => ({ name, medium: 'paper' })),
    operator: { name: operator.name, medium: 'usb' },
    witness: { name: witness.name, medium: 'usb' },
    page: 'A4',
    policy: { allowed: ['paper'], kinds: 2, apart: false },
  };
}

/** Neither a stick nor a sheet of anybody has anything of Conclave on it. */
async function nothingWritten(): Promise<void> {
  const sticks = custodians.flatMap(({ stick }) => (stick === null ? [] : [stick.path]));
  assert(sticks.length > 0);
  for (const folder of sticks) assert.deepEqual(await readdir(folder), []);
  const sheets = (await readdir(folders.practice)).filter((name) => name.endsWith('.pdf'));
  assert.deepEqual(sheets, []);
}

/** At home, in the sentence that the signed manifest says. */
export async function ledgerShowsRule(window: App, { body }: ManifestDocument): Promise<void> {
  const { policy } = body;
  assert(policy !== undefined);
  assert.deepEqual({ kinds: policy.kinds, apart: policy.apart }, { kinds: 2, apart: true });
  const said = `Rule for its media. ${policyInWords(policy)}`;
  await window.window.getByText(said, { exact: true }).waitFor();
  await window.look('home with a rule');
}

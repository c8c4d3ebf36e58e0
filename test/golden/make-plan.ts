/**
 * Makes the golden plans of ceremonies: one that makes a share set, and one that does not. It was run
 * once; the files must decode for ever.
 *
 *     npx tsx test/golden/make-plan.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { encodePlan, planDigest, type CeremonyPlan } from '../../shared/plan/plan.ts';
import { RECOVER_PLAN, SPLIT_PLAN } from '../support/plans.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

function make(mode: Mode, name: string, plan: CeremonyPlan): void {
  const file = (ending: string) => path.join(here, 'v1', mode, `${name}${ending}`);
  if (existsSync(file('.json'))) throw new Error('golden files are never made again.');
  const bytes = encodePlan({ ...plan, mode });
  writeFileSync(file('.json'), bytes);
  const expected = { digest: planDigest(bytes), plan: { ...plan, mode } };
  writeFileSync(file('-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) {
  make(mode, 'plan-split', SPLIT_PLAN);
  make(mode, 'plan-recover', RECOVER_PLAN);
}

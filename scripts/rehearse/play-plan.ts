/**
 * `--plan FILE`: the Split of a plan that was prepared, with its people, media and name, and how long
 * each step takes the machine. What people need to sit down, read and write comes on top.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentName } from '../../electron/main/host/sticks.ts';
import type { View } from '../../shared/ceremony/view.ts';
import { encodePlan, type ReadPlan } from '../../shared/plan/plan.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { refusals } from '../../shared/refusal.ts';
import { isKeyMedium } from '../../shared/sharing/media-kinds.ts';
import { inScene, narrator, type JobOptions } from './job.ts';
import type { Made, StepTime } from './report.ts';
import { STICKS, type Scene } from './scene.ts';
import { splitKey } from './set-up.ts';

const refusePlay = refusals({
  'rehearsal-needs-keys': (name: string) => ({
    happened: `${name} is to use a YubiKey.`,
    means: 'Without a window nobody can be asked to touch one. Nothing was begun.',
    next: 'Rehearse this plan in the window: start Conclave, choose “Rehearse”, and load the plan.',
    culprit: name,
  }),
});

/** What people put their shares and identities on; the operator's and sync's have others. */
const FREE_STICKS = ['B', 'C', 'D', 'E'].map((letter) => `practice stick ${letter}`);

function sticksOf({ custodians, operator, witness }: Plan): Record<string, string> {
  const others = [...custodians, witness].map(({ name }, at): [string, string] => [
    name,
    FREE_STICKS[at % FREE_STICKS.length] ?? STICKS.sync,
  ]);
  return {
    ...Object.fromEntries(others),
    operator: STICKS.operator,
    [operator.name]: STICKS.operator,
    sync: STICKS.sync,
  };
}

/** @throws Refusal of a plan that cannot be played without a window */
export async function playPlan(
  options: Pick<JobOptions, 'out' | 'say'> & { readonly read: ReadPlan },
): Promise<{ readonly made: readonly Made[]; readonly steps: readonly StepTime[] }> {
  const { read, say } = options;
  const { set, minutes } = read.plan;
  if (set === undefined) throw new TypeError('The plan of a Split has a share set.');
  const onKey = [...set.custodians, set.operator, set.witness].find(({ medium }) =>
    isKeyMedium(medium),
  );
  if (onKey !== undefined) throw refusePlay('rehearsal-needs-keys', onKey.name);
  const clock = stepClock();
  const narrate = narrator(say);
  const onView = (view: View) => {
    clock.see(view);
    narrate(view);
  };
  return inScene({ ...options, sticks: sticksOf(set), onView }, async (scene) => {
    await splitKey(scene, () => agreeOnLoaded(scene, read));
    say(`The plan reckons with ${minutes} minutes`);
    return { made: scene.made, steps: clock.times() };
  });
}

async function agreeOnLoaded({ room, tableTop, made, say }: Scene, read: ReadPlan): Promise<void> {
  const path = join(tableTop, STICKS.operator, documentName('plan', read.digest));
  await writeFile(path, encodePlan(read.plan));
  made.push({ what: 'plan', detail: `${read.plan.mode}, loaded`, path });
  await room.until(({ screen }) => screen === 'descriptor');
  const [found] = await room.host.findDocuments({ kind: 'plan', mode: 'rehearsal' });
  await room.say({ type: 'load-plan', id: found?.id ?? '' });
  const view = await room.until(({ screen }) => screen === 'plan');
  const planned = view.screen === 'plan' ? view.planned : undefined;
  if (planned?.plan.set === undefined) throw new Error('The plan was not loaded.');
  for (const { level, words } of planned.findings) say(`The plan, ${level}: ${words}`);
  await room.say({ type: 'plan', plan: planned.plan.set });
}

/** How long each line of the list on the left was the one that is being done. */
function stepClock() {
  const times = new Map<string, StepTime>();
  let now: { readonly step: string; readonly who: string; readonly since: number } | null = null;
  const close = () => {
    if (now === null) return;
    const { step, who, since } = now;
    const seconds = (times.get(step)?.seconds ?? 0) + (performance.now() - since) / 1000;
    times.set(step, { step, who, seconds: Math.round(seconds * 10) / 10 });
  };
  return {
    see({ steps }: View) {
      const at = steps.find(({ standing }) => standing === 'now');
      if (at === undefined || at.label === now?.step) return;
      close();
      now = { step: at.label, who: at.who, since: performance.now() };
    },
    times(): StepTime[] {
      close();
      return [...times.values()];
    },
  };
}

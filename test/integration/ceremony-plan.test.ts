/**
 * Plans of ceremonies on sticks, through the real host: saved, read back, changed behind its back.
 */
import { execFileSync } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../shared/refusal.ts';
import { encodePlan, planDigest, type CeremonyPlan } from '../../shared/plan/plan.ts';
import { carrySetupPackage, openLaptop, type Laptop } from '../support/headless-platform.ts';
import { kindsOf, PAIR } from '../support/headless-steps.ts';
import { RECOVER_PLAN, SPLIT_PLAN } from '../support/plans.ts';

let laptop: Laptop;
beforeEach(async () => {
  laptop = await openLaptop();
});
afterEach(() => laptop.remove());

const REHEARSED = { ...SPLIT_PLAN, mode: 'rehearsal' as const };
const refused = (code: string) => expect.objectContaining({ code }) as Error;

/** Another PDF reader than the one inside Conclave. */
const poppler = (tool: string, args: readonly string[]) => execFileSync(tool, args).toString();

const save = async (plan = REHEARSED) =>
  laptop.host.savePlan({ plan, volumeId: await laptop.room.stick('practice stick A') });
const onStick = (fileName: string) => join(laptop.rehearsalFolder, 'practice stick A', fileName);

describe('a plan on paper', () => {
  test('has its words, its people and the numbers of their bags, and is drawn by a worker of its own', async () => {
    const { digest, words } = await save();
    const printed = await laptop.host.printPlan({ plan: REHEARSED, printerId: 'pdf-folder' });
    const fileName = `plan-${digest.slice(0, 8)}.pdf`;
    expect(printed).toEqual({ description: `A4 page, ${fileName}`, warning: null });
    const pdf = join(laptop.rehearsalFolder, fileName);
    const text = poppler('pdftotext', ['-raw', pdf, '-']).replaceAll(/\s+/g, ' ');
    expect(text).toContain(words);
    expect(text).toContain('This is the plan of a rehearsal: nothing of it is real.');
    for (const { name } of REHEARSED.set?.custodians ?? []) expect(text).toContain(name);
    for (const { number } of REHEARSED.seals) expect(text).toContain(`bag ${number}`);
    // A plan of a real ceremony goes to a printer, and to no folder of this laptop.
    await expect(
      laptop.host.printPlan({ plan: SPLIT_PLAN, printerId: 'pdf-folder' }),
    ).rejects.toBeInstanceOf(Refusal);
  });
});

describe('a plan on a stick', () => {
  test('is saved, found, and comes back with the same words', async () => {
    const saved = await save();
    const [found] = await laptop.host.findDocuments({ kind: 'plan', mode: 'rehearsal' });
    expect(found?.fileName).toBe(saved.fileName);
    expect(saved.fileName).toBe(`conclave-plan-${saved.digest.slice(0, 8)}.json`);
    const opened = await laptop.host.openPlan({
      mode: 'rehearsal',
      documentId: found?.id ?? '',
    });
    expect(opened).toEqual({ plan: REHEARSED, digest: saved.digest, words: saved.words });
    const bytes = new Uint8Array(await readFile(onStick(saved.fileName)));
    expect(bytes).toEqual(encodePlan(REHEARSED));
  });

  test('that was changed in its file is not the one that its name says', async () => {
    const { fileName } = await save();
    const text = await readFile(onStick(fileName), 'utf8');
    await writeFile(onStick(fileName), text.replace('third floor', 'fifth floor'));
    const documentId = `${await laptop.room.stick('practice stick A')}\n${fileName}`;
    const opened = laptop.host.openPlan({ mode: 'rehearsal', documentId });
    await expect(opened).rejects.toThrow(refused('plan-other-name'));
  });

  test('another file under its name is none', async () => {
    const { fileName } = await save();
    await writeFile(onStick('other.txt'), 'a shopping list');
    await rename(onStick('other.txt'), onStick(fileName));
    const documentId = `${await laptop.room.stick('practice stick A')}\n${fileName}`;
    const opened = laptop.host.openPlan({ mode: 'rehearsal', documentId });
    await expect(opened).rejects.toThrow(refused('document-damaged'));
  });
});

describe('in the ceremony', () => {
  /** The plan's file lies on the stick, as another laptop saved it. */
  async function brought(plan: CeremonyPlan): Promise<string> {
    const bytes = encodePlan(plan);
    const digest = planDigest(bytes);
    const fileName = `conclave-plan-${digest.slice(0, 8)}.json`;
    const volume = await laptop.room.stick('practice stick A');
    await writeFile(onStick(fileName), bytes);
    return `${volume}\n${fileName}`;
  }

  const recorded = async () => kindsOf(laptop);

  test('the plan of the real one opens the transcript of its rehearsal', async () => {
    await laptop.host.start('split', 'rehearsal');
    expect(await laptop.room.ask({ type: 'load-plan', id: await brought(SPLIT_PLAN) })).toBeNull();
    expect(laptop.room.view).toMatchObject({
      screen: 'descriptor',
      planned: { plan: SPLIT_PLAN, digest: planDigest(encodePlan(SPLIT_PLAN)) },
    });
    expect(await recorded()).toEqual(['ceremony-opened', 'plan-loaded']);
  });

  test('the plan of another ceremony, and what is none, are refused', async () => {
    await laptop.host.start('recover', 'rehearsal');
    const other = await laptop.room.ask({ type: 'load-plan', id: await brought(SPLIT_PLAN) });
    expect(other?.code).toBe('plan-other-ceremony');
    const volume = await laptop.room.stick('practice stick A');
    const gone = `${volume}\nconclave-plan-00000000.json`;
    expect((await laptop.room.ask({ type: 'load-plan', id: gone }))?.code).toBeDefined();
    expect(
      await laptop.room.ask({ type: 'load-plan', id: await brought(RECOVER_PLAN) }),
    ).toBeNull();
    expect(await recorded()).toEqual(['ceremony-opened', 'plan-loaded']);
  });

  test('a Split is held as it was planned, without a word typed', async () => {
    await carrySetupPackage(laptop);
    await laptop.host.start('split', 'rehearsal');
    const plan = { ...REHEARSED, set: PAIR, seals: [] };
    await laptop.room.say({ type: 'load-plan', id: await brought(plan) });
    const view = await laptop.room.until(({ screen }) => screen === 'plan');
    const planned = view.screen === 'plan' ? view.planned?.plan.set : undefined;
    if (planned === undefined) throw new Error('The plan is not shown.');
    await laptop.room.say({ type: 'plan', plan: planned });
    await laptop.room.until(({ screen }) => screen === 'waiting');
    expect((await recorded()).slice(0, 5)).toEqual([
      'ceremony-opened',
      'plan-loaded',
      'descriptor-trusted',
      'package-imported',
      'plan-agreed',
    ]);
  });
});

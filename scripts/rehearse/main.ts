/**
 * `npm run rehearse`: the whole main job without a window, in rehearsal mode.
 *
 * Progress goes to stderr, the table of what was made to stdout; with `--json` the table is progress
 * too. Exit codes: 0 done, 1 a step was refused or failed, 2 used wrongly.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { parsePlan, requireUsable } from '../../shared/plan/plan.ts';
import { Refusal } from '../../shared/refusal.ts';
import { stepTable, table } from './report.ts';
import { SaidNo } from './room.ts';

interface Options {
  readonly out?: string;
  readonly roster?: true;
  readonly plan?: string;
  readonly json?: true;
}

async function isTaken(folder: string): Promise<boolean> {
  return readdir(folder).then(
    (names) => names.length > 0,
    () => false,
  );
}

async function rehearse(options: Options): Promise<void> {
  const stamp = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const out = resolve(options.out ?? join('rehearsal', stamp));
  if (await isTaken(out)) {
    program.error(`${out} is not empty. A rehearsal begins in a new folder.`, { exitCode: 2 });
  }
  const started = Date.now();
  const say = (line: string) => {
    const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`${seconds} s  ${line}\n`);
  };
  const read = options.plan === undefined ? null : await planFrom(options.plan);
  const { mainJob, playPlan } = await programs();
  const played = read === null ? null : await playPlan({ out, read, say });
  const made = played?.made ?? (await mainJob({ out, roster: options.roster === true, say }));
  say('Done. Nothing of this is real: it is a rehearsal.');
  const timings = played === null ? '' : `${stepTable(played.steps)}\n\n`;
  const forPeople = `${timings}In ${out}:\n\n${table(made, out)}\n`;
  if (options.json === true) {
    process.stderr.write(forPeople);
    process.stdout.write(
      `${JSON.stringify({ mode: 'rehearsal', out, made, ...(played === null ? {} : { steps: played.steps }) }, null, 2)}\n`,
    );
  } else process.stdout.write(forPeople);
}

/** Loaded when something is played: help and a wrong use need not wait for all of laptop and sync. */
async function programs() {
  const [{ mainJob }, { playPlan }] = await Promise.all([
    import('./job.ts'),
    import('./play-plan.ts'),
  ]);
  return { mainJob, playPlan };
}

/** @throws Refusal of what is no plan, or of another ceremony than is played here */
async function planFrom(file: string): Promise<ReturnType<typeof parsePlan>> {
  const bytes = await readFile(file).catch((error: unknown): never =>
    program.error(`${file} cannot be read: ${String(error)}`, { exitCode: 2 }),
  );
  const read = parsePlan(new Uint8Array(bytes));
  requireUsable(read.plan, { mode: 'rehearsal', ceremony: 'split' });
  return read;
}

const program = new Command('rehearse')
  .description(
    'Rehearses the main job: split a platform key on paper and sticks, commit it to a sync, lose a sheet, recover a survey with the rest.',
  )
  .option('--out <folder>', 'where everything goes (default: rehearsal/<time>)')
  .option('--roster', 'afterwards change who takes part, too: another operator takes over')
  .option(
    '--plan <file>',
    'play the Split of this plan instead, and say how long each step takes the machine',
  )
  .option('--json', 'print what was made as JSON (the table goes to stderr)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: Options) => {
    try {
      await rehearse(options);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof SaidNo)) throw error;
      process.stderr.write(`\nThe rehearsal was refused a step.\n${error.message}\n`);
      process.exitCode = 1;
    }
  });

await program.parseAsync();

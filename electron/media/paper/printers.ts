/**
 * Printers, through CUPS: which there are, what paper they hold, and printing from memory.
 *
 * SECURITY: the PDF goes to `lp` through a pipe, never through a file of ours. CUPS itself spools it
 * and, unless told otherwise, keeps it for a day after printing: {@link finish} has it deleted. The
 * environment check refuses production where the spool is on a disk. The job's title, which CUPS
 * keeps, names neither a person nor a share.
 * @module
 */
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { PageSize } from './ink.ts';
import { refuse } from './refusals.ts';

export interface Printer {
  readonly name: string;
  /** What the printer says is in its tray, where it says so. */
  readonly page: PageSize | undefined;
  readonly isDefault: boolean;
}

interface Answer {
  readonly status: number | null;
  readonly out: string;
}

const TOO_LONG_MS = 30_000;

/**
 * SECURITY: what is called `lp` gets a share in the clear, so it is the system's own: a PATH taken
 * from the account could put a program of somebody else's in its place.
 */
const SYSTEM_TOOLS = '/usr/bin:/bin:/usr/sbin:/sbin';

/** Runs one CUPS tool, without a shell and with plain English output. */
async function run(
  tool: string,
  args: readonly string[],
  { path = SYSTEM_TOOLS, input }: { readonly path?: string; readonly input?: Uint8Array } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      env: { ...process.env, PATH: path, LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: TOO_LONG_MS,
    });
    const parts: Buffer[] = [];
    child.on('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'ENOENT' ? refuse('print-no-system') : cause),
    );
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('close', (status) => resolve({ status, out: Buffer.concat(parts).toString('utf8') }));
    // A tool that stops reading early has an exit code that says so.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? new Uint8Array());
  });
}

/**
 * The printers that CUPS knows, the default one first.
 * @param path where the tools lie; only tests give another
 * @throws {Refusal} `print-no-system`, `print-no-printer`
 */
export async function listPrinters(path = SYSTEM_TOOLS): Promise<Printer[]> {
  const names = (await run('lpstat', ['-e'], { path })).out
    .split('\n')
    .filter((name) => name !== '');
  if (names.length === 0) throw refuse('print-no-printer');
  const standard = /: (\S+)\s*$/.exec((await run('lpstat', ['-d'], { path })).out)?.[1];
  const printers = await Promise.all(
    names.map(async (name) => ({
      name,
      page: pageSizeOf((await run('lpoptions', ['-p', name, '-l'], { path })).out),
      isDefault: name === standard,
    })),
  );
  return printers.sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
}

/** The choice marked with an asterisk in `PageSize/Media Size: Letter *A4 …`. */
function pageSizeOf(options: string): PageSize | undefined {
  const chosen = /^(?:PageSize|media)\/.*:.*\*(\S+)/m.exec(options)?.[1] ?? '';
  if (/^(?:iso_)?a4(?![0-9])/i.test(chosen)) return 'A4';
  if (/^(?:na_)?letter/i.test(chosen)) return 'Letter';
  return undefined;
}

/** A sheet that CUPS has taken: `office-12`. */
export type PrintJob = string;

/**
 * Prints one PDF, one-sided, at its true size. Answers when CUPS has taken the job; then call
 * {@link finish}. The caller wipes `pdf`.
 * @throws {Refusal} `print-no-system`, `print-unknown`, `print-failed`
 */
export async function print(pdf: Uint8Array, printer: string, page: PageSize): Promise<PrintJob> {
  // SECURITY: a name that came from a screen is used only if CUPS lists it, so it is no option.
  const known = (await run('lpstat', ['-e'])).out.split('\n');
  if (printer === '' || !known.includes(printer)) throw refuse('print-unknown', printer);
  const options = [`media=${page}`, 'sides=one-sided', 'print-scaling=none', 'job-sheets=none'];
  const args = ['-d', printer, '-t', 'Conclave', ...options.flatMap((o) => ['-o', o]), '-'];
  const { status, out } = await run('lp', args, { input: pdf });
  const job = /request id is (\S+-\d+)/.exec(out)?.[1];
  if (status !== 0 || job === undefined) {
    // SECURITY: `lp` may have been stopped after CUPS took the job: it would print unattended.
    await run('cancel', ['-a', '-x', printer]);
    throw refuse('print-failed', printer);
  }
  return job;
}

const LOOK_AGAIN_MS = 250;

/**
 * Waits until the printer has had the whole job, at most `patienceMs`, and then has CUPS delete its
 * copy in any case: a job that waits for paper would otherwise print when nobody is in the room.
 * With it go all other jobs of that printer: a laptop for ceremonies prints nothing else.
 * @returns whether the printer took all of it; that paper came out, people see
 * @param path where `cancel` lies; only tests give another
 * @throws {Refusal} `print-copy-kept` where CUPS does not delete it
 */
export async function finish(
  job: PrintJob,
  patienceMs = 120_000,
  path = SYSTEM_TOOLS,
): Promise<boolean> {
  const until = Date.now() + patienceMs;
  let waiting = await isListed('not-completed', job);
  while (waiting && Date.now() < until) {
    await pause(LOOK_AGAIN_MS);
    waiting = await isListed('not-completed', job);
  }
  // `cancel -x JOB` refuses a job that is done; only the printer's whole list can be purged.
  await run('cancel', ['-a', '-x', job.replace(/-\d+$/, '')], { path });
  if (await isListed('all', job)) throw refuse('print-copy-kept', job);
  return !waiting;
}

async function isListed(which: 'not-completed' | 'all', job: PrintJob): Promise<boolean> {
  const { out } = await run('lpstat', ['-W', which, '-o']);
  return out.split('\n').some((line) => line.startsWith(`${job} `));
}

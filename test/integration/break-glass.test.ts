import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAge, sealAge } from '../../electron/media/age.ts';
import { bytesToHex, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { encodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';

const script = fileURLToPath(new URL('../../resources/break-glass.py', import.meta.url));
// -I and -S: nothing but Python's own library can be imported.
const python = ['-I', '-S', script];

let top: string;
beforeAll(async () => {
  top = await mkdtemp(path.join(os.tmpdir(), 'conclave-break-glass-'));
});
afterAll(() => rm(top, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

let files = 0;
/** Runs the script with `--out`; what it said, and the component if it wrote one. */
async function breakGlass(...args: string[]) {
  files += 1;
  const out = path.join(top, `component-${files}`);
  const done = await run('python3', [...python, '--out', out, ...args]);
  expect(done.stdout).toBe('');
  if (!existsSync(out)) return { ...done, component: undefined };
  const { mode } = await stat(out);
  return { ...done, component: (await readFile(out, 'utf8')).trim(), mode: mode & 0o777 };
}

async function refused(said: RegExp, ...args: string[]): Promise<void> {
  const done = await breakGlass(...args);
  expect(done.stderr).toMatch(said);
  expect(done.stderr).toMatch(/^refused: /);
  expect(done.component).toBeUndefined();
  expect(done.code).toBe(1);
}

async function file(name: string, content: Uint8Array | string): Promise<string> {
  files += 1;
  const full = path.join(top, `${files}-${name}`);
  await writeFile(full, content);
  return full;
}
const wireFile = (share: Share) => file(`share-${share.index}`, encodeShare(share));
const linesFile = (share: Share, change = (text: string) => text) =>
  file(`lines-${share.index}.txt`, change(toTypedLines('share', encodeShare(share)).join('\n')));
const manifestFile = (set: TestShareSet) =>
  file('manifest.json', manifestType.toBytes(set.manifest));

/** Three shares of a 3-of-4 set, by the numbers that people say. */
function pick(set: TestShareSet, ...indexes: number[]): Share[] {
  return indexes.map((index) => {
    const share = set.shares[index - 1];
    if (share === undefined) throw new Error('no such share');
    return share;
  });
}

/** A share with another secret part and a checksum that fits: not damaged, but a lie. */
const forge = (share: Share): Share => ({ ...share, y: share.y.map((byte) => byte ^ 0x55) });

/** As people type: lower case, other spaces, dashes, empty lines. */
function sloppy(text: string): string {
  const lines = text.toLowerCase().replaceAll(' ', '-').replaceAll('\n', ' \r\n\n\t');
  return `\r\n${lines}\n`;
}

/** Another symbol in the fifth group of a line. */
function mistype(text: string, line: number): string {
  const lines = text.split('\n');
  const typed = lines[line - 1] ?? '';
  lines[line - 1] = typed.slice(0, 20) + (typed[20] === 'Q' ? 'P' : 'Q') + typed.slice(21);
  return lines.join('\n');
}

describe('gives the component back', () => {
  const sets = [
    { threshold: 2, count: 2, componentBytes: 16 },
    { threshold: 3, count: 4, componentBytes: 64 },
    { threshold: 2, count: 5, componentBytes: 32, mode: 'rehearsal', generation: 300 },
    { threshold: 5, count: 9, componentBytes: 64, generation: 70_000 },
    { threshold: 16, count: 16, componentBytes: 33, generation: 4_294_967_295 },
  ] as const;

  test.each(sets)('$threshold of $count, $componentBytes bytes: files and lines', async (plan) => {
    const set = await makeShareSet(plan);
    const last = set.shares.slice(-plan.threshold);
    const media = await Promise.all(
      last.map((share, at) => (at % 2 === 0 ? linesFile(share) : wireFile(share))),
    );
    const found = await breakGlass('--manifest', await manifestFile(set), ...media);
    expect(found.stderr).toBe('checked against the manifest\n');
    expect(found).toMatchObject({ component: bytesToHex(set.component), mode: 0o600 });
  });
});

describe('of one 3-of-4 set', () => {
  let set: TestShareSet;
  let manifest: string;
  beforeAll(async () => {
    set = await makeShareSet({ threshold: 3, count: 4 });
    manifest = await manifestFile(set);
  });

  const right = () => bytesToHex(set.component);
  test('an age file, locked and opened', async () => {
    const [first, ...others] = pick(set, 1, 2, 3);
    const passphrase = utf8ToBytes('six words that nobody knows today');
    const locked = await sealAge(encodeShare(first as Share), passphrase, { workFactor: 10 });
    const rest = await Promise.all(others.map(wireFile));
    await refused(/still locked; open it with age -d/, await file('1.age', locked), ...rest);
    const opened = await file('1.share', await openAge(locked, passphrase));
    const found = await breakGlass(opened, ...rest);
    expect(found.component).toBe(right());
    expect(found.stderr).toBe('NOT CHECKED: no manifest given\n');
  });

  test('typed the way people type: lower case, other spaces, dashes, empty lines', async () => {
    const media = await Promise.all(pick(set, 4, 2, 1).map((share) => linesFile(share, sloppy)));
    expect((await breakGlass(...media)).component).toBe(right());
  });

  test('every share more than needed is used to check the others', async () => {
    const media = await Promise.all(set.shares.map(wireFile));
    expect((await breakGlass(...media)).component).toBe(right());
  });

  test('a typing error is found in its line', async () => {
    const rest = await Promise.all(pick(set, 1, 3).map(wireFile));
    const [second] = pick(set, 2) as [Share];
    for (const line of [1, 3, 5]) {
      const typed = await linesFile(second, (text) => mistype(text, line));
      await refused(new RegExp(`lines-2.txt: line ${line} of 5 is mistyped`), typed, ...rest);
    }
    const cut = await linesFile(second, (text) => text.slice(0, -1));
    await refused(/line 5 must have 40 letters and digits/, cut, ...rest);
    const foreign = await linesFile(second, (text) => `B${text.slice(1)}`);
    await refused(/line 1 must have 40 letters/, foreign, ...rest);
    const missing = await linesFile(second, (text) => text.split('\n').slice(1).join('\n'));
    await refused(/line 1 of 4 is mistyped, or a line is missing/, missing, ...rest);
    const moved = await linesFile(second, (text) => text.split('\n').reverse().join('\n'));
    await refused(/or a line is missing or moved/, moved, ...rest);
    await refused(/damaged|different sheets/, await file('empty.txt', ''), ...rest);
  });

  test('a line of another sheet', async () => {
    const [one, other] = pick(set, 1, 2) as [Share, Share];
    const foreign = toTypedLines('share', encodeShare(other))[2] ?? '';
    const mixed = await linesFile(one, (text) =>
      text
        .split('\n')
        .map((line, at) => (at === 2 ? foreign : line))
        .join('\n'),
    );
    const rest = await Promise.all(pick(set, 3, 4).map(wireFile));
    await refused(/lines-1.txt: (damaged|these lines)/, mixed, ...rest);
  });

  test('damage anywhere in a file', async () => {
    const [one] = pick(set, 1) as [Share];
    const wire = encodeShare(one);
    const rest = await Promise.all(pick(set, 3, 4).map(wireFile));
    const places = [...wire.keys()].filter((at) => at % 7 === 0 || at > wire.length - 3);
    for (const at of places) {
      const bad = wire.map((byte, i) => (i === at ? byte ^ 1 : byte));
      // The first byte changed is no share any more, and read as text.
      await refused(/flip: (damaged|line)/, await file('flip', bad), ...rest);
    }
    for (const bad of [wire.slice(0, 60), new Uint8Array([...wire, 0]), wire.slice(0, 1)]) {
      await refused(/flip: damaged/, await file('flip', bad), ...rest);
    }
    await refused(/No such file/, path.join(top, 'nothing'), ...rest);
  });

  test('too few, doubled, and of another set', async () => {
    const [a, b, c] = await Promise.all(pick(set, 1, 2, 3).map(wireFile));
    await refused(/2 of this set given, 3 needed/, a as string, b as string);
    const again = await linesFile(pick(set, 1)[0] as Share);
    const twice = /lines-1.txt \(share 1 of 4\) is .*share-1 \(share 1 of 4\) again/;
    await refused(twice, a as string, b as string, again);

    const foreign = await makeShareSet({ threshold: 3, count: 4 });
    const strays = [
      ...pick(foreign, 3),
      { ...(pick(set, 3)[0] as Share), generation: 2 },
      { ...(pick(set, 3)[0] as Share), mode: 'rehearsal' as const },
    ];
    const named = /share-3 \(share 3 of 4\) is not of the same set as .*share-1/;
    for (const stray of strays) {
      await refused(named, a as string, b as string, await wireFile(stray));
    }
    await refused(
      /not genuine, or the manifest is of another component/,
      '--manifest',
      await manifestFile(foreign),
      a as string,
      b as string,
      c as string,
    );
    await refused(/^refused: /, '--manifest', a as string, a as string, b as string, c as string);
  });

  test('a forged share never passes unseen', async () => {
    const [a, b, d] = await Promise.all(pick(set, 1, 2, 4).map(wireFile));
    const forged = await wireFile(forge(pick(set, 3)[0] as Share));
    const three = [a, b, forged] as string[];
    await refused(/a share is not genuine/, '--manifest', manifest, ...three);
    await refused(/a share is not genuine/, ...three, d as string);
    const found = await breakGlass('--manifest', manifest, ...three, d as string);
    expect(found.component).toBe(right());
    expect(found.stderr).toMatch(/left out, not genuine: .*share-3 \(share 3 of 4\)\n/);
    const atZero = await wireFile({ ...(pick(set, 3)[0] as Share), x: 0 });
    await refused(/share-3: damaged/, a as string, b as string, atZero);
  });

  test('the component goes to a terminal or a new file, nowhere else', async () => {
    const media = await Promise.all(pick(set, 1, 2, 3).map(wireFile));
    const piped = await run('python3', [...python, ...media]);
    expect(piped).toMatchObject({ code: 1, stdout: '' });
    expect(piped.stderr).toMatch(/no terminal here: give --out/);

    const inTerminal = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
    const shown = await run('python3', ['-c', inTerminal, 'python3', ...python, ...media]);
    expect(shown.stdout).toContain(`${right()}\r\n`);

    const taken = await file('taken', 'precious');
    const kept = await run('python3', [...python, '--out', taken, ...media]);
    expect(kept.stderr).toMatch(/File exists/);
    expect(await readFile(taken, 'utf8')).toBe('precious');
  });
});

test('without a manifest, two shares too many name the forged one', async () => {
  const set = await makeShareSet({ threshold: 2, count: 4, componentBytes: 32 });
  const media = await Promise.all(
    [...pick(set, 1, 2, 4), forge(pick(set, 3)[0] as Share)].map(wireFile),
  );
  const done = await breakGlass(...media);
  expect(done.stderr).toMatch(/^refused: not genuine: .*share-3 \(share 3 of 4\)\n/);
  expect(done.component).toBeUndefined();
});

test('stays what it promises: at most 100 lines', async () => {
  const text = await readFile(script, 'utf8');
  expect(text.split('\n').length - 1).toBeLessThanOrEqual(100);
});

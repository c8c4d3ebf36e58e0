import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { flowCommands } from './commands/flows.ts';
import { runCli } from './program.ts';

/** The names below `Commands:`, without `help`. */
function commandsIn(help: string): string[] {
  const [, list = ''] = help.split(/^Commands:$/m);
  const names = [...list.split(/^\S/m)[0]!.matchAll(/^ {2}([a-z][a-z-]*)/gm)];
  return names.map(([, name = '']) => name).filter((name) => name !== 'help');
}

/** What `--help` of a command prints; in this process, as there are many. */
async function helpOf(words: readonly string[]): Promise<string> {
  let out = '';
  const world = {
    environment: {},
    out: (text: string) => void (out += text),
    err: (text: string) => expect(text).toBe(''),
    outIsTerminal: false,
    ask: undefined,
    askOpenly: undefined,
    stopped: () => Promise.resolve(),
    onHangUp: () => {},
  };
  expect(await runCli([...words, '--help'], world, [flowCommands])).toBe(0);
  return out;
}

it('explains each command with an example whose options it has', async () => {
  const without: string[] = [];
  const foreign: string[] = [];
  const visit = async (words: string[]): Promise<void> => {
    const out = await helpOf(words);
    const below = commandsIn(out);
    for (const name of below) await visit([...words, name]);
    if (below.length > 0) return;
    const [options = '', examples] = out.split(/^Examples:$/m);
    if (examples === undefined) without.push(words.join(' '));
    const given = [...(examples ?? '').matchAll(/conclave-sync.*/g)].flatMap(([line]) =>
      [...line.split('|')[0]!.matchAll(/ (--[a-z-]+)/g)].map(([, name = '']) => name),
    );
    const own = new Set(['--json', '--rehearsal', ...(options.match(/--[a-z-]+/g) ?? [])]);
    foreign.push(...given.filter((name) => !own.has(name)).map((o) => `${words.join(' ')} ${o}`));
  };
  await visit([]);
  expect({ without, foreign }).toEqual({ without: [], foreign: [] });
});

/** The program's name at the beginning of a sentence about it. */
const SENTENCE = 'met a fault of its own';

/** What a text tells people to run: `commit` of "conclave-sync commit" or (conclave-sync commit). */
function namedIn(text: string): string[] {
  const lines = text.matchAll(/["'`(:] ?conclave-sync((?: --?[a-z-]+)?(?: [a-z][a-z-]*)+)/g);
  return [...lines]
    .map(([, words = '']) => words.replace(/^ --[a-z-]+/, '').trim())
    .filter((words) => words !== SENTENCE);
}

it('is what every text of sync, its page and its documents names', async () => {
  const groups = new Map<string, readonly string[]>();
  const visit = async (words: string[]): Promise<void> => {
    const below = commandsIn(await helpOf(words));
    groups.set(words.join(' '), below);
    for (const name of below) await visit([...words, name]);
  };
  await visit([]);
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const files = ['sync', 'ui', 'docs', 'resources'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|md|py|service)$/.test(name) && !/\.test\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  let looked = 0;
  const unknown: string[] = [];
  for (const file of files) {
    for (const line of namedIn(readFileSync(join(root, file), 'utf8'))) {
      looked += 1;
      let at = '';
      for (const word of line.split(' ')) {
        const below = groups.get(at) ?? [];
        if (below.length === 0) break;
        if (!below.includes(word)) {
          unknown.push(`${file}: conclave-sync ${line}`);
          break;
        }
        at = at === '' ? word : `${at} ${word}`;
      }
    }
  }
  expect(looked).toBeGreaterThan(100);
  expect(unknown).toEqual([]);
});

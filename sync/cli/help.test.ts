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

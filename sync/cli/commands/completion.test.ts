/** The scripts in the shells that they are for. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completionScript } from './completion.ts';

const SHELLS = { bash: '/bin/bash', zsh: '/usr/bin/zsh', fish: '/usr/bin/fish' } as const;

function tree(): Command {
  const program = new Command('conclave-sync').option('--json', 'as JSON').option('--rehearsal');
  program.command('check').description("doesn't change $(anything) `here`");
  const bundle = program.command('bundle').description('bundles');
  bundle
    .command('import <file>')
    .description('take one in')
    .option('--token-file <file>', 'a file')
    .option('--url <address>', 'an address');
  bundle.command('show <digest>').description('one');
  return program;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'conclave-completion-'));
  for (const name of ['bundle one.json', 'bundle two.json', 'check.txt']) {
    writeFileSync(path.join(folder, name), '');
  }
  for (const name of ['bash', 'zsh', 'fish'] as const) {
    writeFileSync(path.join(folder, `script.${name}`), completionScript(tree(), name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function shell(name: keyof typeof SHELLS, program: string, args: readonly string[]): string[] {
  const start = { bash: ['--norc', '--noprofile'], zsh: ['-f'], fish: ['--no-config'] }[name];
  const out = execFileSync(SHELLS[name], [...start, '-c', program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return out.split('\n').filter((line) => line !== '');
}

/** As bash calls a completion: the words so far, the last of them unfinished. */
function bash(...words: string[]): string[] {
  const program =
    'source script.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _conclave_sync; ' +
    'printf "%s\\n" "${COMPREPLY[@]}"';
  return shell('bash', program, ['bash', 'conclave-sync', ...words]);
}

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['commands', ['c'], ['check']],
  ['commands of a command, and the options of all', ['bundle', ''], ['import', 'show']],
  ['options', ['bundle', 'import', '--to'], ['--token-file']],
  ['options after an option of the program', ['--json', 'bundle', 'import', '--u'], ['--url']],
  ['files for an argument', ['bundle', 'import', 'bundle o'], ['bundle one.json']],
  ['files for an option', ['bundle', 'import', '--token-file', 'ch'], ['check.txt']],
];

describe('bash', () => {
  test.each(CASES)('completes %s', (_what, words, wanted) => {
    const found = bash(...words);
    expect(found.filter((word) => !word.startsWith('--') || wanted.includes(word))).toEqual(wanted);
  });

  test('completes nothing where only a person knows', () => {
    expect(bash('bundle', 'import', '--url', '')).toEqual([]);
    expect(bash('bundle', 'show', 'ch')).toEqual([]);
  });

  test('runs nothing of what was typed', () => {
    bash('bundle', 'import', '$(touch typed)');
    bash('$(touch typed)', '`touch typed`', '');
    expect(existsSync(path.join(folder, 'typed'))).toBe(false);
  });

  test('is what the shell itself uses', () => {
    const registered = shell('bash', 'source script.bash; complete -p conclave-sync', []);
    expect(registered).toEqual(['complete -F _conclave_sync conclave-sync']);
  });
});

describe.skipIf(!existsSync(SHELLS.zsh))('zsh', () => {
  test('takes the script, and its function answers the same', () => {
    const program =
      'autoload -U compinit && compinit -u -D; source script.zsh; ' +
      'setopt ksh_arrays sh_word_split; COMP_WORDS=(conclave-sync bundle im); COMP_CWORD=2; ' +
      '_conclave_sync; print -l -- "${COMPREPLY[@]}"; print -- "${_comps[conclave-sync]}"';
    // What does not begin with `im` the shell leaves out itself.
    const found = shell('zsh', program, []);
    expect(found.filter((word) => !word.startsWith('--'))).toEqual([
      'import',
      'show',
      '_bash_complete -F _conclave_sync',
    ]);
  });
});

describe.skipIf(!existsSync(SHELLS.fish))('fish', () => {
  const complete = (line: string) =>
    shell('fish', `source script.fish; complete -C '${line}'`, []).map(
      (found) => found.split('\t')[0],
    );
  test('completes commands, options and files', () => {
    expect(complete('conclave-sync c')).toEqual(['check']);
    expect(complete('conclave-sync bundle ')).toEqual(['import', 'show']);
    expect(complete('conclave-sync bundle import --to')).toEqual(['--token-file']);
    expect(complete('conclave-sync bundle import --token-file ch')).toEqual(['check.txt']);
    expect(complete('conclave-sync bundle import ch')).toEqual(['check.txt']);
    expect(complete('conclave-sync bundle show ch')).toEqual([]);
  });
});

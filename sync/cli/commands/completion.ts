/**
 * `conclave-sync completion <shell>`: a script for the shell, made from the commands themselves.
 *
 * SECURITY: the script is fixed text. Libraries for this ask the program anew at each press of Tab
 * and pass on what was typed so far through `eval`: a command substitution that somebody has typed
 * but not entered would run.
 * @module
 */
import { Argument, type Command, type Option } from 'commander';
import { type Cli, refuseUse } from '../cli.ts';

/** One place on the command line: after `conclave-sync`, or after `conclave-sync bundle import`. */
interface Place {
  /** '' or `bundle import`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly Flag[];
  /** Whether its next argument is a file. */
  readonly file: boolean;
}

interface Flag {
  /** With its dashes. */
  readonly name: string;
  readonly about: string;
  readonly value: 'none' | 'file' | 'other';
}

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** Call it after all other commands. */
export function registerCompletion(program: Command, cli: Cli): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(conclave-sync completion bash)      in ~/.bashrc
  source <(conclave-sync completion zsh)       in ~/.zshrc, after compinit
  conclave-sync completion fish | source       in ~/.config/fish/config.fish
`,
    )
    .action((given: string) => {
      const shell = SHELLS.find((name) => name === given);
      if (shell === undefined) throw refuseUse('used-wrongly', `There is no script for ${given}.`);
      const script = completionScript(program, shell);
      cli.result({ shell, script }, script.trimEnd());
    });
}

export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, '');
  const name = program.name();
  if (shell === 'fish') return fish(name, places);
  const asBash = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return asBash + bash(name, places);
}

function placesOf(command: Command, path: string, above: readonly Flag[] = []): Place[] {
  const help = command.createHelp();
  const own = help.visibleOptions(command).map(flagOf);
  const options = [...own, ...above.filter(({ name }) => own.every((one) => one.name !== name))];
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  const place: Place = {
    path,
    commands: children.map((child) => ({ name: child.name(), about: child.description() })),
    options,
    file: command.registeredArguments.some((argument) => argument.name() === 'file'),
  };
  const below = children.flatMap((child) =>
    placesOf(child, `${path} ${child.name()}`.trim(), options),
  );
  return [place, ...below];
}

function flagOf(option: Option): Flag {
  const name = option.long ?? option.short ?? '';
  const takes = option.required || option.optional;
  const isFile = takes && /<file>/.test(option.flags);
  return { name, about: option.description, value: isFile ? 'file' : takes ? 'other' : 'none' };
}

/** SECURITY: whatever a description says, it stays one word of the script. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function functionName(program: string): string {
  return `_${program.replaceAll('-', '_')}`;
}

function bash(program: string, places: readonly Place[]): string {
  const known = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const values = (kind: Flag['value']) =>
    places.flatMap(({ path, options }) =>
      options.filter(({ value }) => value === kind).map((o) => quoted(`${path} ${o.name}`.trim())),
    );
  const words = ({ commands, options }: Place) =>
    [...commands, ...options].map(({ name }) => name).join(' ');
  const cases = places.map((place) => {
    const file = place.file ? ' files=1' : '';
    return `    ${quoted(place.path)}) words=${quoted(words(place))}${file} ;;`;
  });
  return `${functionName(program)}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  local path='' longer='' words='' files='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    longer="\${path:+$path }\${COMP_WORDS[i]}"
    case "$longer" in
      ${known.join('|')}) path="$longer" ;;
    esac
  done
  case "\${path:+$path }$prev" in
    ${values('file').join('|')}) files=only ;;
    ${values('other').join('|')}) return ;;
  esac
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=()
  [ "$files" = only ] || COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [ -n "$files" ] && [ "\${cur#-}" = "$cur" ]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F ${functionName(program)} ${program}
`;
}

function fish(program: string, places: readonly Place[]): string {
  const at = `_${functionName(program)}_at`;
  const known = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = places.flatMap(({ path, commands, options, file }) => {
    const here = `complete -c ${program} -n ${quoted(`${at} "${path}"`)}`;
    const takes = { none: '', file: ' -r -F', other: ' -x' } as const;
    return [
      ...commands.map(({ name, about }) => `${here} -f -a ${name} -d ${quoted(about)}`),
      ...options.map(
        ({ name, about, value }) =>
          `${here} -l ${name.replace(/^--/, '')}${takes[value]} -d ${quoted(about)}`,
      ),
      ...(file ? [`${here} -F`] : []),
    ];
  });
  return `function ${at}
  set -l path ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$path $word")
    contains -- "$longer" ${known.join(' ')}; and set path "$longer"
  end
  test "$path" = "$argv[1]"
end
complete -c ${program} -f
${lines.join('\n')}
`;
}

/**
 * The auditor's command: `conclave-verify FILE [--manifest FILE] [--words "…"] …`
 *
 * Exit codes: 0 authenticated; 1 self-consistent, not authenticated; 2 tampered, unreadable, of
 * another ceremony than the anchor or the plan, with a false attestation, or used wrongly; 3 the verifier itself failed, so that nothing
 * is known about the file.
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseDescriptor } from '../../shared/bundle/descriptor.ts';
import { refuseDocument } from '../../shared/encoding/refusals-documents.ts';
import { rosterType } from '../../shared/identity/roster.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { planInLog, type PlanInLog } from '../../shared/plan/in-log.ts';
import { parsePlan } from '../../shared/plan/plan.ts';
import { Refusal } from '../../shared/refusal.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { ledgerFile, ledgerInWords } from '../../shared/ledger/export.ts';
import { envelopesUsed, type EarlierLog } from '../../shared/ledger/used-envelopes.ts';
import type { Anchor } from '../../shared/transcript/anchor.ts';
import { parseLog } from '../../shared/transcript/log.ts';
import type { Verification } from '../../shared/transcript/verification.ts';
import { verifyBundleFile, verifyReceiptFile } from '../../shared/transcript/verify-files.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { detect } from './detect.ts';
import { readInput } from './files.ts';
import { foldFolder, type FoldedFolder } from './folder.ts';
import { judgeBy } from './judge.ts';
import { printable, printRefusal, printVerification } from './print.ts';
import { builtInRoots, parseRoots } from './roots.ts';

interface Options {
  readonly manifest?: string;
  readonly descriptor?: string;
  readonly roster?: string;
  readonly words?: string;
  readonly earlier: readonly string[];
  readonly plan?: string;
  readonly fidoRoots?: string;
  readonly mode?: Mode;
  readonly ledger?: boolean;
  readonly unsealKeys?: readonly string[];
  readonly unsealNeeded: number;
  readonly json?: boolean;
}

export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** The exit code of a verifier that broke: no verdict, neither good nor bad. */
export const FAULT = 3;

const EXAMPLES = `
Exit codes: 0 authenticated; 1 self-consistent, not authenticated; 2 tampered, unreadable,
not of this anchor or this plan, with a false attestation of a YubiKey, or used wrongly;
3 the verifier itself failed: nothing is known.

Examples:
  conclave-verify ceremony.jsonl --manifest share-set.json
  conclave-verify ceremony.jsonl --manifest share-set.json --fido-roots makers.pem
  conclave-verify ceremony.jsonl --words "the eight words that the witness wrote down"
  conclave-verify recovery-2.jsonl --manifest share-set.json --earlier split.jsonl --earlier recovery-1.jsonl
  conclave-verify ceremony.jsonl --manifest share-set.json --plan plan.json
  conclave-verify bundle.json --manifest share-set.json --roster roster.json
  conclave-verify --ledger folder-of-ceremony-logs --json
  conclave-verify --ledger folder-of-ceremony-logs --unseal-keys "custodian 1, admin 2" --unseal-needed 2
  conclave-verify receipt.json --descriptor descriptor.json --words "its eight words"`;

/** Runs the command on its arguments (without node and script) and returns the exit code. */
export function runVerify(args: readonly string[], output: Output): number {
  try {
    return runCommand(args, output);
  } catch (error) {
    output.err(faultText(error));
    return FAULT;
  }
}

/** What is printed when the verifier itself failed. */
export function faultText(error: unknown): string {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = said.split('\n').map(printable).join('\n');
  return `THE VERIFIER FAILED. Nothing is known about the file, neither good nor bad.\n${lines}\n`;
}

function runCommand(args: readonly string[], output: Output): number {
  let code = 2;
  const command = new Command('conclave-verify')
    .description('Checks a ceremony log, a bundle or a receipt of Conclave, offline.')
    .argument('<file>', 'the file to check; its kind and mode are read from it')
    .option('--manifest <file>', 'anchor: the manifest of the share set, from a source you trust')
    .option('--descriptor <file>', "anchor: sync's descriptor, from a source you trust")
    .option('--words <words>', 'anchor: the eight words of the manifest or of the descriptor')
    .option('--roster <file>', 'the roster, for a recovery bundle, which does not hold it')
    .option(
      '--fido-roots <file>',
      'PEM: root certificates of makers of security keys, instead of Yubico’s that is built in',
    )
    .option(
      '--earlier <file>',
      'the log of an earlier ceremony, once for each: was an envelope used that it says was replaced or destroyed?',
      (file: string, others: readonly string[]) => [...others, file],
      [],
    )
    .option(
      '--ledger',
      'the file is a folder of ceremony logs: the ledger is folded from all of them',
    )
    .option(
      '--unseal-keys <names>',
      'with --ledger: who holds a Vault unseal key, with commas between; do the same people hold enough shares?',
      (names: string) => names.split(',').map((name) => name.trim()),
    )
    .addOption(
      new Option('--unseal-needed <number>', 'how many of them unseal Vault')
        .default(3)
        .argParser(wholeNumber),
    )
    .option('--plan <file>', 'the plan that was prepared: is it the one of this ceremony?')
    .addOption(new Option('--mode <mode>', 'refuse a file of the other mode').choices(MODES))
    .option('--json', 'the result as one JSON object')
    .addHelpText('after', EXAMPLES)
    .configureOutput({
      writeOut: (text) => output.out(text),
      writeErr: (text) => output.err(text),
    })
    .exitOverride()
    .action((file: string, options: Options) => {
      const isJson = options.json === true;
      code =
        options.ledger === true
          ? reportLedger(() => foldFolder(file, options.mode), options, output)
          : report(() => verifyFile(file, options), isJson, output);
    });
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    output.err('Nothing was verified. `conclave-verify --help` shows how it is used.\n');
    return 2;
  }
  return code;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('A number from 1 to 99.');
  return Number(text);
}

/** Nobody vouches for a folder: 1, or 2 where one of its logs is not whole. */
function reportLedger(work: () => FoldedFolder, options: Options, output: Output): number {
  const { json = false, unsealKeys: holders, unsealNeeded: needed } = options;
  try {
    const { ledger, mode } = work();
    const now = formatTime(new Date());
    const keys = holders === undefined ? null : { holders, needed };
    if (json) output.out(`${new TextDecoder().decode(ledgerFile(ledger, mode, now, keys))}\n`);
    else output.out(ledgerInWords(ledger, mode, now, keys).split('\n').map(printable).join('\n'));
    return 1;
  } catch (error) {
    return refused(error, json, output);
  }
}

/** With whether the plan fits, where one was given. */
type Result = Verification & { readonly plan: PlanInLog | null };

function report(work: () => Result, json: boolean, output: Output): number {
  try {
    const result = work();
    output.out(json ? `${JSON.stringify(result, null, 2)}\n` : printVerification(result));
    if (result.attestations?.some(({ verdict }) => verdict === 'false')) return 2;
    if (result.plan?.fits === false) return 2;
    return result.standing === 'authenticated' ? 0 : 1;
  } catch (error) {
    return refused(error, json, output);
  }
}

function refused(error: unknown, json: boolean, output: Output): number {
  if (!(error instanceof Refusal)) throw error;
  const refusal = error.note();
  if (json) output.out(`${JSON.stringify({ standing: 'refused', refusal }, null, 2)}\n`);
  else output.err(printRefusal(refusal));
  return 2;
}

function verifyFile(file: string, options: Options): Result {
  const bytes = readInput(file);
  const { what, mode } = detect(bytes);
  if (options.mode !== undefined && options.mode !== mode) {
    throw refuseDocument('document-other-mode', what.replace('-', ' '), mode);
  }
  const open = <T>(path: string | undefined, parse: (content: Uint8Array) => T) =>
    path === undefined ? undefined : parse(readInput(path));
  const anchor: Anchor = {
    manifest: open(options.manifest, (content) => parseManifest(content, mode)),
    descriptor: open(options.descriptor, (content) => parseDescriptor(content, mode)),
    roster: open(options.roster, (content) => rosterType.parse(content, mode)),
    words: options.words,
  };
  if (options.plan !== undefined && what !== 'ceremony-log') {
    throw refuseDocument('document-other-type', 'ceremony log', what);
  }
  const roots = open(options.fidoRoots, (content) => parseRoots(new TextDecoder().decode(content)));
  switch (what) {
    case 'ceremony-log': {
      const log = parseLog(bytes);
      const verified = verifyLog(log, anchor, judgeBy(roots ?? builtInRoots()));
      const earlier = options.earlier.map((path) => earlierLog(path, mode, anchor));
      const plan = open(options.plan, (content) => planInLog(log, parsePlan(content))) ?? null;
      return { ...verified, envelopes: envelopesUsed(log, earlier), plan };
    }
    case 'bundle':
      return { ...verifyBundleFile(bytes, mode, anchor), plan: null };
    case 'receipt':
      return { ...verifyReceiptFile(bytes, mode, anchor), plan: null };
    default:
      throw refuseDocument('document-other-type', 'ceremony log, bundle or receipt', what);
  }
}

/**
 * Whole by itself, and of the set of the anchor: a log of another one is refused like the file itself,
 * with the words that say which file it is.
 */
function earlierLog(path: string, mode: Mode, anchor: Anchor): EarlierLog {
  try {
    const bytes = readInput(path);
    const found = detect(bytes);
    if (found.what !== 'ceremony-log') {
      throw refuseDocument('document-other-type', 'ceremony log', found.what);
    }
    if (found.mode !== mode) {
      throw refuseDocument('document-other-mode', 'ceremony log', found.mode);
    }
    const log = parseLog(bytes);
    return { log, authenticated: verifyLog(log, anchor).standing === 'authenticated' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, sentences } = error;
    const happened = `Of the earlier log ${path}: ${sentences.happened}`;
    throw new Refusal(code, { ...sentences, happened }, path, { cause: error });
  }
}

/**
 * How an unexpected fault is written to standard error: enough to find the line of code, and
 * nothing that somebody typed or a library quoted.
 *
 * SECURITY: main holds no secret, but an error may quote whatever it was given. So of an error
 * only its name, its code, its cleaned message and where it came from are printed; its other
 * properties never.
 * @module
 */
import { unknownWords } from '../../shared/encoding/words.ts';

/** What stands for what was taken out. */
const GONE = '[…]';
/** Characters of a message; what helps stands at its beginning. */
const LONGEST_MESSAGE = 300;
const MOST_FRAMES = 12;
const MOST_CAUSES = 3;
/** Words of the list in a row: an ordinary sentence has two at times. */
const WORDS_IN_A_ROW = 3;

/** Hexadecimal of 8 bytes and more. */
const HEX = /(?:0x)?[0-9a-f]{16,}/gi;
const SECRET_LIKE: readonly RegExp[] = [
  HEX,
  // Groups of four, as they stand on a sheet.
  /\b[A-Z2-7]{4}(?:[ -]+[A-Z2-7]{4}){2,}/gi,
  // Bytes as numbers.
  /\d{1,3}(?:[,\s]+\d{1,3}){7,}/g,
];
/** Base64, base32, bech32 and their like. */
const LONG_RUN = /[A-Za-z0-9+/=_-]{20,}/g;
/** A run of which nothing is a code: `node_modules/electron/dist`. */
const PLAIN_RUN = /^\/?[a-z]{2,}(?:[-_/][a-z]{2,})+\/?$/;
/** `ENOENT`, `ERR_INVALID_ARG_TYPE` */
const CODE = /^[A-Z][A-Z0-9_]{1,40}$/;
const FRAME = /^ {4}at (?:[\w$.<>[\]# ]+ \()?(?:[\w@:./\\ +-]+:\d+:\d+|native|<anonymous>)\)?$/;

/**
 * A fault as text of several lines.
 * @param inputs what the call was given: no text of it is printed
 */
export function describeFault(fault: unknown, inputs?: unknown): string {
  const given = textsIn(inputs).sort((a, b) => b.length - a.length);
  const lines: string[] = [];
  let error = fault;
  for (let depth = 0; depth < MOST_CAUSES && error !== undefined; depth += 1) {
    lines.push(...linesOf(error, given, depth === 0 ? '' : 'because of '));
    error = error instanceof Error ? error.cause : undefined;
  }
  return lines.join('\n');
}

/** Writes a fault to standard error. @param where `fault in log:export`, `could not start` */
export function reportFault(where: string, fault: unknown, inputs?: unknown): void {
  console.error(`conclave: ${where}: ${describeFault(fault, inputs)}`);
}

function linesOf(error: unknown, given: readonly string[], before: string): string[] {
  // Anything can be thrown; only an Error says where.
  if (!(error instanceof Error)) return [`${before}a thrown ${typeof error}`];
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const shownCode = CODE.test(code) && !given.includes(code) ? ` [${code.replace(HEX, GONE)}]` : '';
  const frames = framesOf(error).map((frame) => frame.replace(HEX, GONE));
  const name = /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : 'Error';
  return [`${before}${name}${shownCode}: ${clean(error.message, given)}`, ...frames];
}

/** Where it came from. The message stands in the stack too, and could look like a part of it. */
function framesOf({ stack = '', message }: Error): string[] {
  const rest = message !== '' && stack.includes(message) ? stack.split(message).pop() : stack;
  return (rest ?? '')
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MOST_FRAMES);
}

function clean(text: string, given: readonly string[]): string {
  const cleaned = withoutSecrets(text, given).replace(/\s+/gu, ' ').trim();
  return cleaned.length > LONGEST_MESSAGE ? `${cleaned.slice(0, LONGEST_MESSAGE)} …` : cleaned;
}

function withoutSecrets(text: string, given: readonly string[]): string {
  let cleaned = text;
  for (const one of given) cleaned = cleaned.split(one).join(GONE);
  // Words first: four-letter ones look like groups of a sheet, and would leave their neighbours.
  cleaned = withoutWordLists(cleaned);
  // Whole runs before what may be a part of one: the zeros of a key in base64 are hexadecimal, too, and
  // what is left of the run beside them could be too short to be taken for one.
  cleaned = cleaned.replace(LONG_RUN, (run) => (PLAIN_RUN.test(run) ? run : GONE));
  for (const pattern of SECRET_LIKE) cleaned = cleaned.replace(pattern, GONE);
  return cleaned;
}

/** Takes out runs of words of the list that passphrases and fingerprints are made of. */
function withoutWordLists(text: string): string {
  const parts = text.split(/([A-Za-z]+)/);
  const listed = (at: number) => {
    const word = parts[at];
    return word !== undefined && unknownWords(word).length === 0;
  };
  for (let at = 1; at < parts.length; at += 2) {
    let end = at;
    while (listed(end)) end += 2;
    if ((end - at) / 2 >= WORDS_IN_A_ROW) {
      parts.fill('', at, end);
      parts[at] = GONE;
    }
    if (end > at) at = end;
  }
  return parts.join('');
}

/** Every text in there, however deep, that is long enough to mean something. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim().length >= 3 ? [value, value.trim()] : [];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(textsIn);
}

/**
 * What people have of the key that exists: legacy shares, or the component that was never split,
 * as a file, a code, typed, or as the files of the procedure with a YubiKey's PIV.
 * @module
 */
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import {
  openOpensslShare,
  readLegacyCode,
  readLegacyComponent,
  readLegacyFile,
  readTypedComponent,
  readTypedShare,
  type LegacyShare,
} from '../../../shared/checktick/index.ts';
import { refuseLegacy } from '../../../shared/checktick/legacy/refusals.ts';
import {
  dropUnlisted,
  forgetJudgement,
  wipeGiven,
  type GivenSecret,
  type OpenAdoption,
} from '../adoption.ts';
import type { EntryInput, EntrySession } from '../entry.ts';
import type { CommandInput } from '../protocol.ts';
import { refuseWorker } from '../refusals.ts';

import type { Handler } from '../context.ts';

type Asked = CommandInput<'take-legacy'>;

const SOURCES: Readonly<Record<Asked['how'], string>> = {
  file: 'a text file',
  code: 'a code on paper',
  typed: 'typed by hand',
  openssl: 'files of OpenSSL',
};

export const takeLegacy: Handler<'take-legacy'> = async (asked, { state, entry }) => {
  const adoption = state.needAdoption();
  dropUnlisted(adoption, asked.listed);
  const given = await ask(entry(), asked, adoption);
  const id = Math.max(0, ...asked.listed) + 1;
  adoption.given = [...adoption.given, { ...given, id }];
  forgetJudgement(adoption);
  const source =
    asked.whole && asked.how === 'file' ? 'a file with the whole component' : SOURCES[asked.how];
  return { id, numbers: 'shares' in given ? given.shares.map(({ number }) => number) : [], source };
};

function ask(
  entry: EntrySession,
  { person, how, whole }: Asked,
  adoption: OpenAdoption,
): Promise<GivenSecret> {
  const take = async (input: EntryInput): Promise<GivenSecret | undefined> => {
    const given = await read(input, whole);
    if (given === undefined) return undefined;
    try {
      requireNew(given, adoption);
      return given;
    } catch (error) {
      wipeGiven(given);
      throw error;
    }
  };
  switch (how) {
    case 'file':
      return entry.ask({ task: 'legacy-file', person, whole }, take);
    case 'code':
      return entry.ask({ task: 'legacy-code', person }, take);
    case 'typed':
      return entry.ask({ task: 'legacy-typed', person, whole }, take);
    case 'openssl':
      return entry.ask({ task: 'legacy-openssl', person }, take);
  }
}

/** Undefined: an input of another task. The input is wiped by whoever asked. */
async function read(input: EntryInput, whole: boolean): Promise<GivenSecret | undefined> {
  switch (input.type) {
    case 'file':
      return whole
        ? { component: readLegacyComponent(input.bytes) }
        : { shares: readLegacyFile(input.bytes) };
    case 'scanned':
      return { shares: [readCode(input.text)] };
    case 'legacy-typed':
      return input.number === null
        ? { component: readTypedComponent(input.text) }
        : { shares: [readTypedShare(input.text, input.number)] };
    case 'legacy-openssl':
      return { shares: await openOpensslShare(input.bytes, input.key) };
    default:
      return undefined;
  }
}

function readCode(text: Uint8Array): LegacyShare {
  if (OURS.every((character, at) => text[at] === character)) throw refuseWorker('legacy-is-ours');
  return readLegacyCode(text);
}

const OURS = new TextEncoder().encode('CONCLAVE/');

/** One number once: the same again is no second share, and another one under it contradicts it. */
function requireNew(given: GivenSecret, { given: before }: OpenAdoption): void {
  if ('component' in given) return;
  const shares = before.flatMap((one) => ('shares' in one ? one.shares : []));
  for (const [at, share] of given.shares.entries()) {
    const other = [...shares, ...given.shares.slice(0, at)].find(
      ({ number }) => number === share.number,
    );
    if (other === undefined) continue;
    const same = equalBytes(other.y, share.y);
    throw refuseLegacy(same ? 'legacy-duplicate' : 'legacy-contradicts', share.number);
  }
}

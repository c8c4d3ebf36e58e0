/**
 * Makes the golden logs of a Split that names the envelope of an OTP key, and of a recovery in which
 * one that is over was chosen, on a sheet, and another was made anew on a stick. It was run once; the
 * files must decode, and be authenticated, for ever.
 *
 *     npx tsx test/golden/make-envelopes-log.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { encodeLog, head } from '../../shared/transcript/log.ts';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../support/logs.ts';
import { seededRandom } from '../support/people.ts';
import { makeShareSet } from '../support/share-sets.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const medium = 'yubikey-otp';
const digest = (byte: string) => ({ type: 'digest', value: byte.repeat(32) }) as const;

async function make(mode: Mode): Promise<void> {
  const put = (name: string, content: Uint8Array | string) =>
    writeFileSync(path.join(here, 'v1', mode, `log-envelopes${name}`), content);
  if (existsSync(path.join(here, 'v1', mode, 'log-envelopes.jsonl'))) {
    throw new Error('golden files are never made again.');
  }
  const random = seededRandom(`golden envelopes log ${mode}`);
  const set = await makeShareSet({ mode, random });
  const { operator, witness } = set.cast;
  const second = { index: 2, custodian: 'custodian 2' };
  const third = { index: 3, custodian: 'custodian 3' };
  const madeIn = set.ceremonyId;
  const onSheet = 'YubiKey 5C NFC 23456789, envelope on A4 sheet';
  const split = await LogWriter.after((await makeSplitLog(set, { random })).log)
    .entry('share-written', { ...third, medium, description: `${onSheet} 1` })
    .entry('share-written', { ...third, medium, description: `${onSheet} 2` })
    .entry('share-read-back', {
      ...third,
      medium,
      description: `${onSheet} 2`,
      publicKey: digest('c3'),
      envelope: digest('e2'),
    })
    .seal(...set.quorum, operator.signer, witness.signer);
  const recovered = await makeRecoverLog(set, { random, begin: 90_000 });
  const recovery = await LogWriter.after(recovered.log)
    .entry('replaced-envelope-used', {
      ...third,
      envelope: digest('e1'),
      madeIn,
      standing: 'not-counted',
      sheet: 1,
      live: digest('e2'),
      liveSheet: 2,
      reason: 'Sheet 2 burnt.',
      witness: witness.name,
    })
    .entry('share-accepted', {
      ...third,
      medium,
      sheet: 1,
      envelope: digest('e1'),
      madeIn,
      standing: 'not-counted',
    })
    .entry('envelope-kept', {
      ...third,
      sheet: 1,
      envelope: digest('e1'),
      reason: 'No printer works.',
    })
    .entry('envelope-making', { ...second, before: digest('b1'), after: digest('b2') })
    .entry('share-accepted', {
      ...second,
      medium,
      envelope: digest('b1'),
      madeIn,
      standing: 'newest',
    })
    .entry('envelope-renewed', { ...second, before: digest('b1'), after: digest('b2') })
    .seal(...set.quorum, operator.signer, witness.signer);
  put('-split.jsonl', encodeLog(split.log()));
  put('.jsonl', encodeLog(recovery.log()));
  put('-share-set.json', manifestType.toBytes(set.manifest));
  const heads = { split: head(split.log()), recovery: head(recovery.log()) };
  put('-expected.json', `${JSON.stringify(heads, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);

/**
 * One challenge for each envelope, through a real worker: of a share that is written again, and of its
 * copy. Whoever saw the answer at the reveal of one opens no other with it, although the words are the
 * same and the slot is.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWithPassphrase, type OtpEnvelope } from '../../electron/media/yubikey/otp.ts';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import { Refusal } from '../../shared/refusal.ts';
import {
  decodeKeyEnvelope,
  encodeKeyEnvelope,
  type KeyEnvelope,
} from '../../shared/sharing/key-envelope.ts';
import type { KeyRecord } from '../../shared/ceremony/types.ts';
import type { RackedKey } from '../support/key-rack.ts';
import { envelopeName, envelopeOn, keySittings, type Sitting } from '../support/key-sittings.ts';
import { bytesOn, OLD, otpSheets } from '../support/otp-sheets.ts';
import { answerOf, verifierIn } from '../support/software-key/slot-verifier.ts';

const sittings = keySittings();
const { rack, sit, write, give } = sittings;
const sheets = otpSheets(sittings);
const INDEX = 2;

interface Laid {
  readonly envelope: OtpEnvelope;
  readonly slot: KeyRecord['slot'] | undefined;
}

function otp(envelope: KeyEnvelope): OtpEnvelope {
  if (envelope.method !== 'otp-hmac') throw new Error('This envelope is of FIDO2.');
  return envelope;
}

/** Onto a stick, which is then lost. */
async function onStick(sitting: Sitting): Promise<Laid> {
  const { keys } = await write(sitting, 'yubikey-otp');
  const envelope = otp(envelopeOn(sitting, INDEX));
  await rm(join(sitting.path, envelopeName(INDEX)));
  return { envelope, slot: keys[0]?.slot };
}

/** A copy on a printed sheet. */
async function onSheet(sitting: Sitting): Promise<Laid> {
  const { keys } = await sheets.write(sitting);
  const envelope = otp(decodeKeyEnvelope(await bytesOn(await sheets.sheetsIn(OLD))));
  return { envelope, slot: keys[0]?.slot };
}

/** The share that this answer gives with the words, or the name of the refusal. */
const opened = (envelope: OtpEnvelope, response: Uint8Array, words: Uint8Array) =>
  openWithPassphrase(envelope, response, words).then(
    (wire) => Buffer.from(wire).toString('hex'),
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );

/** Each has its own challenge, opens with the answer to that, and with no other; and at a reveal. */
async function requireApart(sitting: Sitting, laid: readonly Laid[]): Promise<void> {
  const { own } = sitting.keys;
  const challenges = laid.map(({ envelope }) => envelope.keys[0].challenge);
  expect(new Set(challenges.map((one) => Buffer.from(one).toString('hex'))).size).toBe(laid.length);
  const answers = challenges.map((challenge) => answerOf(own.otp, 1, challenge));
  const found = await Promise.all(
    laid.flatMap(({ envelope }) =>
      answers.map((answer) => opened(envelope, answer, sitting.person.words)),
    ),
  );
  const [share = ''] = found;
  expect(share).toMatch(/^[0-9a-f]{100,}$/);
  expect(found).toEqual(
    laid.flatMap((_, at) =>
      answers.map((_answer, other) => (other === at ? share : 'key-response-differs')),
    ),
  );
  for (const { envelope } of laid) {
    await writeFile(join(sitting.path, envelopeName(INDEX)), encodeKeyEnvelope(envelope));
    expect(await give(sitting, INDEX)).toMatchObject({ index: INDEX, renewal: { done: true } });
  }
}

describe('of one share on one slot, written twice and copied onto a sheet, each envelope has a challenge of its own', () => {
  it('where the slot was programmed here, which each of them says', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(INDEX, { own });
    const laid = [await onStick(sitting), await onStick(sitting), await onSheet(sitting)];
    const programmed = { slot: 2, touch: true, programmed: true, verifier: verifierIn(own.otp, 1) };
    expect(laid.map(({ slot }) => slot)).toEqual([programmed, programmed, programmed]);
    expect(own.otp.memory.changes).toBe(1);
    await requireApart(sitting, laid);
  });

  it('where the slot is used as it was found', async () => {
    const own = rack.add(12_345_679);
    inUse(own);
    const sitting = await sit(INDEX, { own });
    const laid = [await onStick(sitting), await onStick(sitting), await onSheet(sitting)];
    const asFound = { slot: 2, touch: true, programmed: false };
    expect(laid.map(({ slot }) => slot)).toEqual([asFound, asFound, asFound]);
    await requireApart(sitting, laid);
  });
});

/** Slot 2 holds a secret that Conclave knows nothing of. */
function inUse({ otp: machine }: RackedKey): void {
  const payload = writePayload(hmacConfig(new Uint8Array(20).fill(7), true, undefined), undefined);
  machine.memory.write(1, payload)?.();
}

/**
 * Whether the envelope of an OTP key that came in is over, by what main knows: said before any key is
 * asked. Used all the same only when its custodian chose that before a witness.
 * @module
 */
import type { OtpGiven, ReplacedUse } from '../../../shared/ceremony/types.ts';
import { refuseNotCounted, refuseReplaced } from '../../../shared/ledger/envelope-refusals.ts';
import {
  standingOf,
  type EnvelopeRead,
  type EnvelopeStanding,
} from '../../../shared/ledger/known-envelopes.ts';
import type { Refusal } from '../../../shared/refusal.ts';
import { encodeKeyEnvelope, keyEnvelopeDigest } from '../../../shared/sharing/key-envelope.ts';
import type { OtpEnvelope } from '../../media/yubikey/otp.ts';
import type { CommandInput } from '../protocol.ts';
import type { Context } from '../context.ts';

/**
 * @param sheet its number; null: it lies on a stick
 * @throws Refusal `key-envelope-replaced`, `key-envelope-not-counted`, `not-noted`
 */
export async function requireNotOver(
  input: CommandInput<'accept-share'>,
  envelope: OtpEnvelope,
  sheet: number | null,
  { state, note }: Pick<Context, 'state' | 'note'>,
): Promise<OtpGiven> {
  const digest = keyEnvelopeDigest(encodeKeyEnvelope(envelope));
  const { ceremonyId, setId, index } = envelope;
  const read = { digest, ceremonyId, setId, index, sheet };
  const found = standingOf(read, input.envelopes);
  const refusal = refusalOf(input, read, found);
  const given = { envelope: digest, madeIn: ceremonyId, standing: found.standing };
  if (refusal === null) return given;
  // Only the very one that was refused: nobody chooses what nobody has seen.
  const isChosen = input.usesReplaced === true && state.heldBack?.digest === digest;
  if (!isChosen) {
    state.heldBack = { envelope, digest, sheet };
    throw refusal;
  }
  await note({ about: 'replaced-envelope', facts: useOf(given, read, found) });
  return given;
}

function refusalOf(
  { envelopes, manifest, person: custodian }: CommandInput<'accept-share'>,
  read: EnvelopeRead,
  found: EnvelopeStanding,
): Refusal | null {
  const whose = { count: manifest.count, custodian };
  if (found.standing === 'replaced') return refuseReplaced(read, found.by, whose, envelopes);
  if (found.standing !== 'not-counted') return null;
  return refuseNotCounted(read, found.among, whose, envelopes);
}

function useOf(given: OtpGiven, { sheet }: EnvelopeRead, found: EnvelopeStanding): ReplacedUse {
  if (found.standing === 'replaced') {
    const { live, liveSheet, replacedAt, destroyed } = found.by;
    return { ...given, sheet, live, liveSheet, replacedAt, destroyedAt: destroyed?.at ?? null };
  }
  const among = found.standing === 'not-counted' ? found.among : null;
  const gone = among?.destroyed.find(({ sheets }) => sheet !== null && sheets.includes(sheet));
  return {
    ...given,
    sheet,
    live: among?.live ?? null,
    liveSheet: among?.good ?? null,
    replacedAt: null,
    destroyedAt: gone?.at ?? null,
  };
}

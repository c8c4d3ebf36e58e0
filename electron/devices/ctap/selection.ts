/**
 * Asking a key for nothing but a touch: "which of these is yours?"
 * @module
 */
import { type Authenticator, CTAP, fields } from './authenticator.ts';
import type { CallOptions } from './channel.ts';
import { pinProtocolOf } from './info.ts';
import { credentialFields } from './make-credential.ts';
import { refuseStatus, STATUS, StatusError } from './status.ts';

/**
 * Returns when this key was touched. Keys without the command (firmware before 5.7) are asked for
 * a credential with an empty PIN proof: they wait for a touch and then refuse, without a try of
 * the PIN being used.
 * @throws Refusal fido-not-touched, fido-cancelled, …
 */
export async function select(
  key: Authenticator,
  rpId: string,
  options: CallOptions,
): Promise<void> {
  if (key.info.versions.includes('FIDO_2_1')) {
    await key.worded(CTAP.selection, null, options);
    return;
  }
  const nobody = new Uint8Array(1);
  try {
    await key.command(
      CTAP.makeCredential,
      fields(
        ...credentialFields(rpId, nobody, new Uint8Array(32)),
        [8, new Uint8Array(0)],
        [9, pinProtocolOf(key.info)],
      ),
      options,
    );
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const { status } = error;
    if (status === STATUS.pinInvalid || status === STATUS.pinNotSet) return;
    throw refuseStatus(status, CTAP.selection.name, key.info.shortestPin);
  }
}

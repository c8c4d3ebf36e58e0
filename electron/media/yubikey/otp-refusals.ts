/**
 * The errors of the OTP driver, which knows nothing of Conclave, as refusals.
 * @module
 */
import { Refusal, type Sentences } from '../../../shared/refusal.ts';
import { OtpError, type OtpErrorCode } from '../../devices/yubikey-otp/index.ts';

/** What Conclave adds for the person in the room. */
const MORE: Partial<Record<OtpErrorCode, (sentences: Sentences) => Sentences>> = {
  'otp-unavailable': ({ happened, means, next }) => ({
    happened,
    means: `${means} Paper and sticks work as before.`,
    next: `Use the prepared laptop. ${next}`,
  }),
};

/** @throws Refusal with the driver's code where `work` throws the driver's error */
export async function orOtpRefusal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof OtpError ? asRefusal(cause) : cause;
  }
}

export function asRefusal(error: OtpError): Refusal {
  const { code, sentences, culprit } = error;
  return new Refusal(code, MORE[code]?.(sentences) ?? sentences, culprit, { cause: error });
}

/** Whether `error` is the driver's with this code. */
export function isOtpRefusal(error: unknown, code: OtpErrorCode): boolean {
  return error instanceof Refusal && error.code === code;
}

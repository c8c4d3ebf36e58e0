/**
 * The findings as a person reads them.
 * @module
 */
import type { PinRetries } from '../../electron/devices/ctap/index.ts';
import type { SlotState } from '../../electron/devices/yubikey-otp/index.ts';
import type { Sentences } from '../../shared/refusal.ts';
import type { FidoFinding } from './fido.ts';
import type { OtpFinding } from './otp.ts';

export function sentences({ happened, means, next }: Sentences): string {
  return `${happened}\n  ${means}\n  ${next}\n`;
}

function slotText({ slot, isConfigured, touch }: SlotState): string {
  if (!isConfigured) return `slot ${slot} is empty`;
  if (touch === null) return `slot ${slot} is in use`;
  return `slot ${slot} is in use, ${touch ? 'with' : 'without'} touch`;
}

/** One block for each key: both interfaces of a key that tells its serial number are in one. */
export function keysText(otp: readonly OtpFinding[], fido: readonly FidoFinding[]): string {
  const rest = [...fido];
  const blocks = otp.map((found) => {
    const at = rest.findIndex(({ serial }) => serial !== null && serial === found.serial);
    const [same] = at === -1 ? [] : rest.splice(at, 1);
    return `${otpText(found)}${same === undefined ? '' : fidoText(same)}`;
  });
  return [...blocks, ...rest.map((found) => `${fidoHeading(found)}\n${fidoText(found)}`)].join(
    '\n',
  );
}

function fidoHeading({ product, serial, firmware }: FidoFinding): string {
  const number = serial === null ? 'serial number not told' : `serial number ${serial}`;
  const name = product || 'FIDO key';
  return firmware === null ? name : `${name}, ${number}, firmware ${firmware}`;
}

function fidoText({ versions, hmacSecret, pinIsSet, pinRetries, refusal }: FidoFinding): string {
  if (refusal !== null) return `  FIDO2: ${sentences(refusal)}`;
  const pin = pinIsSet === true ? pinText(pinRetries) : 'no PIN is set';
  const use = hmacSecret === true ? 'can keep a share' : 'cannot keep a share (no hmac-secret)';
  return `  FIDO2: ${use}; ${pin}; ${versions.join(', ')}\n`;
}

function pinText(retries: PinRetries | null): string {
  if (retries === null) return 'a PIN is set';
  const replug = retries.replug ? ', none before it is plugged in again' : '';
  return `a PIN is set, tries left: ${retries.left}${replug}`;
}

function otpText(found: OtpFinding): string {
  const { product, model, serial, firmware, slots, challenge, refusal } = found;
  const number = serial === null ? 'serial number not told' : `serial number ${serial}`;
  const lines = [
    model === null ? product || 'YubiKey' : `${model}, ${number}, firmware ${firmware}`,
    ...(slots.length > 0 ? [`  OTP: ${slots.map(slotText).join('; ')}`] : []),
    ...(challenge === null
      ? []
      : [`  Slot ${challenge.slot} answered a challenge in ${challenge.milliseconds} ms.`]),
  ];
  return `${lines.join('\n')}\n${refusal === null ? '' : `  ${sentences(refusal)}`}`;
}

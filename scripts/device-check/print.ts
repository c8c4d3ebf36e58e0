/**
 * The findings as a person reads them.
 * @module
 */
import type { SlotState } from '../../electron/devices/yubikey-otp/index.ts';
import type { Sentences } from '../../shared/refusal.ts';
import type { OtpFinding } from './otp.ts';

export function sentences({ happened, means, next }: Sentences): string {
  return `${happened}\n  ${means}\n  ${next}\n`;
}

function slotText({ slot, isConfigured, touch }: SlotState): string {
  if (!isConfigured) return `slot ${slot} is empty`;
  if (touch === null) return `slot ${slot} is in use`;
  return `slot ${slot} is in use, ${touch ? 'with' : 'without'} touch`;
}

export function otpText(found: OtpFinding): string {
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

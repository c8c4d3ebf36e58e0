/**
 * How a slot of a YubiKey is named.
 * @module
 */

/** A slot of the OTP interface. */
interface SlotNamed {
  readonly slot: 1 | 2;
  /** Null where the key does not tell. */
  readonly serial: number | null;
  readonly model: string;
  /** It was about to be programmed, and nothing says that it was. */
  readonly perhaps?: boolean;
}

/** `slot 2 of the YubiKey 5C NFC 12345678` */
export function slotInWords({ slot, serial, model, perhaps }: SlotNamed): string {
  const key = serial === null ? model : `${model} ${serial}`;
  return `slot ${slot} of the ${key}${perhaps === true ? ', which was about to be programmed' : ''}`;
}

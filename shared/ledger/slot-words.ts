/**
 * How a slot of a YubiKey is named.
 * @module
 */

/** A slot of the OTP interface. */
interface SlotNamed {
  /** Null where the log that tells it is not here. */
  readonly slot: 1 | 2 | null;
  /** Null where the key does not tell. */
  readonly serial: number | null;
  readonly model: string;
  /** It was about to be programmed, and nothing says that it was. */
  readonly perhaps?: boolean;
}

/** `slot 2 of the YubiKey 5C NFC 12345678` */
export function slotInWords({ slot, serial, model, perhaps }: SlotNamed): string {
  const key = serial === null ? model : `${model} ${serial}`;
  const which = slot === null ? 'the slot (1 or 2, not known here)' : `slot ${slot}`;
  return `${which} of the ${key}${perhaps === true ? ', which was about to be programmed' : ''}`;
}

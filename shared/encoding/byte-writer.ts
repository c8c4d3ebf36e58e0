/**
 * Fields one after the other in one buffer that is used again: for what is hashed by the hundred thousand,
 * where joining small arrays costs as much as hashing them. Not for secrets: nothing is wiped.
 * @module
 */

const utf8 = new TextEncoder();

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** Begins anew; what {@link written} gave before is overwritten. */
  reset(): this {
    this.#length = 0;
    return this;
  }

  /** A view of everything since the last reset. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  byte(value: number): this {
    this.#room(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  /** Two bytes, big-endian. Throws a RangeError outside 0..65535. */
  u16(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError('u16');
    return this.byte(value >>> 8).byte(value & 0xff);
  }

  /** UTF-8. A lone surrogate becomes U+FFFD, as everywhere. */
  text(value: string): this {
    // A UTF-16 unit is three bytes of UTF-8 at the most.
    this.#room(3 * value.length);
    for (let at = 0; at < value.length; at += 1) {
      const code = value.charCodeAt(at);
      if (code > 0x7f) {
        const rest = this.#bytes.subarray(this.#length + at);
        this.#length += at + utf8.encodeInto(value.slice(at), rest).written;
        return this;
      }
      this.#bytes[this.#length + at] = code;
    }
    this.#length += value.length;
    return this;
  }

  /** UTF-8 with its length in two bytes before it, as `lengthPrefixed` writes a field. */
  field(value: string): this {
    const start = this.#length;
    this.u16(0).text(value);
    const end = this.#length;
    this.#length = start;
    this.u16(end - start - 2);
    this.#length = end;
    return this;
  }

  /** Lower-case hex, as a validated type has it: two digits a byte. */
  hex(digits: string): this {
    this.#room(digits.length / 2);
    for (let at = 0; at < digits.length; at += 2) {
      this.byte((nibble(digits.charCodeAt(at)) << 4) | nibble(digits.charCodeAt(at + 1)));
    }
    return this;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Throws a RangeError for what is no lower-case hex digit. */
function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  throw new RangeError('hex');
}

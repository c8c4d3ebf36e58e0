/**
 * A form as a browser sends it (application/x-www-form-urlencoded), read as bytes: a password in it
 * never becomes a string here.
 * @module
 */

const [AMPERSAND, EQUALS, PLUS, PERCENT, SPACE] = [0x26, 0x3d, 0x2b, 0x25, 0x20];

/**
 * The fields with these names, each exactly once and nothing else; undefined where it is not so.
 * @param body not changed; the caller wipes it, and every field
 */
export function readForm<Name extends string>(
  body: Uint8Array,
  names: readonly Name[],
): Readonly<Record<Name, Uint8Array>> | undefined {
  const fields = new Map<string, Uint8Array>();
  const whole = fill(body, names, fields);
  if (whole && fields.size === names.length) {
    return Object.fromEntries(fields) as Record<Name, Uint8Array>;
  }
  for (const value of fields.values()) value.fill(0);
  return undefined;
}

function fill(
  body: Uint8Array,
  names: readonly string[],
  fields: Map<string, Uint8Array>,
): boolean {
  for (let at = 0; at <= body.length;) {
    const end = nextOf(body, AMPERSAND, at, body.length);
    const equals = nextOf(body, EQUALS, at, end);
    const name = new TextDecoder().decode(body.subarray(at, equals));
    if (equals === end || !names.includes(name) || fields.has(name)) return false;
    const value = decoded(body.subarray(equals + 1, end));
    if (value === undefined) return false;
    fields.set(name, value);
    at = end + 1;
  }
  return true;
}

function nextOf(body: Uint8Array, byte: number, from: number, end: number): number {
  const found = body.subarray(0, end).indexOf(byte, from);
  return found === -1 ? end : found;
}

/** Percent-decoded, new; undefined where a percent sign has not two digits after it. */
function decoded(raw: Uint8Array): Uint8Array | undefined {
  const room = new Uint8Array(raw.length);
  let length = 0;
  for (let at = 0; at < raw.length; at += 1) {
    const byte = raw[at] ?? 0;
    if (byte !== PERCENT) {
      room[length++] = byte === PLUS ? SPACE : byte;
      continue;
    }
    const value = 16 * digit(raw[at + 1]) + digit(raw[at + 2]);
    if (Number.isNaN(value)) {
      room.fill(0);
      return undefined;
    }
    room[length++] = value;
    at += 2;
  }
  const value = room.slice(0, length);
  room.fill(0);
  return value;
}

/** A hexadecimal digit's value; NaN for anything else. */
function digit(byte: number | undefined): number {
  const text = byte === undefined ? '' : String.fromCharCode(byte);
  return /^[0-9A-Fa-f]$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
}

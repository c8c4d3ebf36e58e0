/**
 * As much of DER and X.509 as it takes to find one extension of a certificate: node:crypto shows
 * the usual ones only.
 * @module
 */

interface Element {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Uint8Array;
  readonly value: Uint8Array;
}

const SEQUENCE = 0x30;
const OCTETS = 0x04;
const OBJECT_ID = 0x06;
const BOOLEAN = 0x01;
/** `version [0]` and `extensions [3]` of TBSCertificate. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

class BadDer extends Error {}

/** Consecutive elements. Lengths of up to four bytes; tags of one. */
function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0x80;
    at += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw new BadDer('length');
      length = 0;
      for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[at + i] ?? 0);
      at += count;
    }
    if (at + length > bytes.length) throw new BadDer('end');
    const end = at + length;
    found.push({ tag, whole: bytes.subarray(start, end), value: bytes.subarray(at, end) });
    at = end;
  }
  return found;
}

function only(bytes: Uint8Array, tag: number): Uint8Array {
  const [element, ...more] = elements(bytes);
  if (element?.tag !== tag || more.length > 0) throw new BadDer('one element');
  return element.value;
}

/** The parts of TBSCertificate. */
function bodyOf(certificate: Uint8Array): Element[] {
  const [body] = elements(only(certificate, SEQUENCE));
  if (body?.tag !== SEQUENCE) throw new BadDer('no certificate');
  return elements(body.value);
}

/** SubjectPublicKeyInfo of a version 3 certificate, DER. @throws Error */
export function publicKeyInfoOf(certificate: Uint8Array): Uint8Array {
  const [version, , , , , , info] = bodyOf(certificate);
  if (version?.tag !== VERSION || info?.tag !== SEQUENCE) throw new BadDer('no version 3');
  return info.whole;
}

/**
 * The value of the extension with this object id (content bytes, hex) of a certificate. Null when
 * it is not there.
 * @throws Error when the certificate is no DER, or has the extension twice
 */
export function extensionOf(certificate: Uint8Array, objectId: string): Uint8Array | null {
  const list = bodyOf(certificate).find(({ tag }) => tag === EXTENSIONS);
  if (list === undefined) return null;
  const values = elements(only(list.value, SEQUENCE)).flatMap((extension) => {
    const [id, ...rest] = elements(extension.value);
    if (id?.tag !== OBJECT_ID || Buffer.from(id.value).toString('hex') !== objectId) return [];
    const value = rest.find(({ tag }) => tag !== BOOLEAN);
    if (value?.tag !== OCTETS) throw new BadDer('extension');
    return [value.value];
  });
  if (values.length > 1) throw new BadDer('twice');
  return values[0] ?? null;
}

/** The content of the one octet string that fills `bytes`. @throws Error */
export function octets(bytes: Uint8Array): Uint8Array {
  return only(bytes, OCTETS);
}

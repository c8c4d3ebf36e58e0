/**
 * A passkey authenticator and its browser in software (W3C Web Authentication level 3): ES256 with
 * a real key, attestation `none`, authentic bytes. Every field can be falsified for a test.
 * @module
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { encode } from 'cborg';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** What a test may falsify. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** False: the key did not ask for a PIN or finger. */
  readonly verified?: boolean;
  /** The signature counter instead of the next one. */
  readonly counter?: number;
  readonly crossOrigin?: boolean;
  readonly userHandle?: string;
  readonly type?: string;
}

export interface SoftwareKey {
  readonly id: string;
  create(options: Readonly<Record<string, unknown>>, lies?: Lies): Registered;
  get(options: Readonly<Record<string, unknown>>, lies?: Lies): Asserted;
}
type Registered = ReturnType<typeof registered>;
type Asserted = ReturnType<typeof asserted>;

interface State {
  readonly origin: string;
  readonly rpId: string;
  readonly credentialId: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  userHandle: string;
  counter: number;
}

/** A new key for the browser at `origin`. */
export function softwareKey(origin: string): SoftwareKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const state: State = {
    origin,
    rpId: new URL(origin).hostname,
    credentialId: randomBytes(32),
    privateKey,
    publicKey,
    userHandle: '',
    counter: 0,
  };
  return {
    id: base64url(state.credentialId),
    create: (options, lies = {}) => registered(state, options, lies),
    get: (options, lies = {}) => asserted(state, options, lies),
  };
}

function clientData(state: State, type: string, challenge: unknown, lies: Lies): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: lies.type ?? type,
      challenge: lies.challenge ?? challenge,
      origin: lies.origin ?? state.origin,
      crossOrigin: lies.crossOrigin ?? false,
      ...(lies.crossOrigin === true ? { topOrigin: 'https://frame.example' } : {}),
    }),
  );
}

/** Flags: user present 0x01, verified 0x04, backup eligible 0x08, key included 0x40. */
function authenticatorData(state: State, lies: Lies, flags: number, counter: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(0x01 | (lies.verified === false ? 0 : 0x04) | flags, 0);
  head.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(lies.rpId ?? state.rpId), head]);
}

function registered(state: State, options: Readonly<Record<string, unknown>>, lies: Lies) {
  const user = options['user'] as { id: string };
  state.userHandle = user.id;
  const jwk = state.publicKey.export({ format: 'jwk' });
  const coordinate = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  // COSE_Key (RFC 9053): EC2, ES256, P-256, x, y.
  const cose = encode(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(coordinate(jwk.x))],
      [-3, new Uint8Array(coordinate(jwk.y))],
    ]),
  );
  const length = Buffer.alloc(2);
  length.writeUInt16BE(state.credentialId.length);
  const authData = Buffer.concat([
    authenticatorData(state, lies, 0x40, lies.counter ?? 0),
    Buffer.alloc(16),
    length,
    state.credentialId,
    cose,
  ]);
  const attestation = encode({ fmt: 'none', attStmt: {}, authData: new Uint8Array(authData) });
  const id = base64url(state.credentialId);
  return {
    id,
    rawId: id,
    type: 'public-key' as const,
    response: {
      clientDataJSON: base64url(clientData(state, 'webauthn.create', options['challenge'], lies)),
      attestationObject: base64url(attestation),
      transports: ['internal'],
    },
  };
}

function asserted(state: State, options: Readonly<Record<string, unknown>>, lies: Lies) {
  state.counter = lies.counter ?? state.counter + 1;
  const client = clientData(state, 'webauthn.get', options['challenge'], lies);
  const data = authenticatorData(state, lies, 0, state.counter);
  const signature = sign('sha256', Buffer.concat([data, sha256(client)]), state.privateKey);
  const id = base64url(state.credentialId);
  return {
    id,
    rawId: id,
    type: 'public-key' as const,
    response: {
      clientDataJSON: base64url(client),
      authenticatorData: base64url(data),
      signature: base64url(signature),
      userHandle: lies.userHandle ?? state.userHandle,
    },
  };
}

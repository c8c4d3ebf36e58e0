/**
 * What YubiKeys of two firmwares say and do over FIDO, as far as it is known without one here.
 * @module
 */

export interface FidoProfile {
  readonly firmware: readonly [number, number, number];
  readonly versions: readonly string[];
  readonly extensions: readonly string[];
  /** 16 bytes, hex: the model. */
  readonly aaguid: string;
  /** Besides clientPin, which tells whether a PIN is set. */
  readonly options: Readonly<Record<string, boolean>>;
  readonly maxMessage: number;
  readonly pinProtocols: readonly number[];
  readonly maxCredentials: number;
  /** clientPIN 09; one touch spends its token. */
  readonly hasPermissions: boolean;
  /** Command 0B. */
  readonly hasSelection: boolean;
  /** Bytes in a token of protocol 1. */
  readonly tokenLength: number;
}

export const FIRMWARE_5_4: FidoProfile = {
  firmware: [5, 4, 3],
  versions: ['U2F_V2', 'FIDO_2_0', 'FIDO_2_1_PRE'],
  extensions: ['credProtect', 'hmac-secret'],
  aaguid: '2fc0579f811347eab116bb5a8db9202a',
  options: { rk: true, up: true, plat: false, credentialMgmtPreview: true },
  maxMessage: 1200,
  pinProtocols: [2, 1],
  maxCredentials: 8,
  hasPermissions: false,
  hasSelection: false,
  tokenLength: 16,
};

export const FIRMWARE_5_7: FidoProfile = {
  ...FIRMWARE_5_4,
  firmware: [5, 7, 4],
  versions: ['U2F_V2', 'FIDO_2_0', 'FIDO_2_1_PRE', 'FIDO_2_1'],
  options: { rk: true, up: true, plat: false, credMgmt: true, pinUvAuthToken: true },
  maxMessage: 1536,
  hasPermissions: true,
  hasSelection: true,
  tokenLength: 32,
};

/**
 * How the key file is got from the YubiKey of CheckTick's old procedure, step by step, and what its
 * password is worth: Conclave does not speak to the PIV part.
 * @module
 */

export interface GuideStep {
  readonly text: string;
  /** For the terminal, to be typed as it stands but for the path. */
  readonly command?: string;
  /** What is seen then. */
  readonly afterwards?: string;
}

const FOLDER = '/dev/shm/legacy';
const KEY_FILE = `${FOLDER}/share.key`;

/**
 * SECURITY: the key file opens the share, so it is written into memory, into a folder that only
 * this user reads, and never onto a disk or a stick that stays.
 */
export const PIV_STEPS: readonly GuideStep[] = [
  {
    text: 'On this laptop, open a terminal, and make a folder in memory:',
    command: `mkdir -m 700 ${FOLDER}`,
  },
  {
    text: 'Put the YubiKey in, and the stick with the file that ends in .key.enc. Have the YubiKey decrypt it (slot 9d of PIV is number 03), with the real path of the file:',
    command: [
      'pkcs11-tool --login --decrypt \\',
      '  --mechanism RSA-PKCS --id 03 \\',
      '  --input-file /media/…/share.key.enc \\',
      `  --output-file ${KEY_FILE}`,
    ].join('\n'),
    afterwards: 'It asks for the PIV PIN. As a rule three wrong ones block it.',
  },
  { text: `Come back here, and choose the .enc file and ${KEY_FILE}.` },
];

/** When the share is in. */
export const DESTROY_KEY_FILE = `shred -u ${KEY_FILE}`;

export const PIV_TOOL =
  'pkcs11-tool is part of OpenSC, and has to be on this laptop before the ceremony. On another computer the key file needs a stick of its own, which is destroyed afterwards: a file that was deleted from a disk or a stick is still there.';

/**
 * SECURITY: `-pass file:` stops at the first line feed or NUL, which 22% of random key files have; 1
 * in 256 begins with a line feed. One that begins with a NUL it refuses, so nothing is locked with it.
 */
export const PIV_CUT =
  'Guard the .enc file as an open legacy share, with or without the YubiKey. OpenSSL took of the key file only what comes before the first new line or zero byte: about 1 in 5 was cut short by that, and 1 in 256 to nothing at all, so that its .enc file opens without any YubiKey. Conclave reads the key file as OpenSSL did, so yours opens all the same; by its look nobody knows which it is.';

/**
 * May whoever sits at this laptop use a YubiKey? Looked at before anybody waits with a key in the
 * hand. It stops nothing: paper and sticks work without.
 * @module
 */
import type { Finding } from '../../shared/ceremony/types.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { KeyMedium } from '../../shared/sharing/media-kinds.ts';
import { UDEV_RULE } from '../devices/yubikey-otp/hid/udev-rule.ts';
import { keyTitle, METHODS, pluggedKeys, type KeySockets } from '../media/yubikey/keys.ts';
import type { EnvironmentFacts } from './facts.ts';

/** Where udev reads its rules, as udev(7) lists them. */
const RULE_FOLDERS = [
  '/etc/udev/rules.d',
  '/run/udev/rules.d',
  '/usr/local/lib/udev/rules.d',
  '/usr/lib/udev/rules.d',
  '/lib/udev/rules.d',
];
/** A rule for the raw HID interfaces of Yubico's vendor id that lets somebody in. */
const NAMES_YUBICO = /^(?=.*hidraw)(?=.*1050)(?=.*(?:uaccess|MODE|GROUP))/m;
/** What systemd brings for every FIDO key since its version 244; the OTP interface is a keyboard. */
const NAMES_TOKENS = /^(?=.*ID_SECURITY_TOKEN)(?=.*uaccess)/m;
const LETS_IN: Readonly<Record<KeyMedium, readonly RegExp[]>> = {
  'yubikey-otp': [NAMES_YUBICO],
  'yubikey-fido2': [NAMES_YUBICO, NAMES_TOKENS],
};

export interface KeysLook {
  readonly sockets: KeySockets;
  /** What the ceremony's shares lie on: each kind of key has an interface of its own. */
  readonly media: readonly KeyMedium[];
  readonly facts: Pick<EnvironmentFacts, 'list' | 'readFile'>;
  /** Effective user id; 0 is root, whom no rule concerns. Undefined where there is none. */
  readonly userId: number | undefined;
}

/** Opens each key that is plugged in, or looks for the rule that will let one be opened. Never throws. */
export async function keysFinding({ sockets, media, facts, userId }: KeysLook): Promise<Finding> {
  try {
    const titles = new Set<string>();
    for (const medium of media) {
      for (const key of await pluggedKeys(sockets, METHODS[medium])) titles.add(keyTitle(key));
    }
    if (titles.size > 0) {
      return passed('A YubiKey answers', `${[...titles].join(', ')}: opened, and closed again.`);
    }
  } catch (error) {
    if (!(error instanceof Refusal))
      return unknown('The keys of this laptop could not be looked at.');
    const { happened, means, next } = error.sentences;
    return {
      id: 'keys',
      status: 'fail',
      headline: happened,
      detail: means,
      stopsProduction: false,
      fix: next,
    };
  }
  if (userId === 0) return passed('YubiKeys can be used', 'None is plugged in. Root may open any.');
  const rules = await rulesOfUdev(facts);
  if (rules === null) return unknown('None is plugged in, and the rules of udev cannot be read.');
  const letsIn = (medium: KeyMedium) => LETS_IN[medium].some((rule) => rule.test(rules));
  if (media.every(letsIn)) {
    return passed('YubiKeys can be used', 'None is plugged in. A rule of udev lets one be opened.');
  }
  return {
    id: 'keys',
    status: 'fail',
    headline: 'Nobody but root may use a YubiKey here',
    detail: 'None is plugged in, and no rule of udev names them. Paper and sticks work as before.',
    stopsProduction: false,
    fix: `Have an administrator write ${UDEV_RULE} into /etc/udev/rules.d/70-conclave-yubikey.rules and run “udevadm control --reload”. Then choose “Check again”.`,
  };
}

/** All rules, one a line, without comments; null when no folder of them could be read. */
async function rulesOfUdev(facts: KeysLook['facts']): Promise<string | null> {
  const texts: string[] = [];
  let looked = false;
  for (const folder of RULE_FOLDERS) {
    const names = await facts.list(folder).catch(() => null);
    looked ||= names !== null;
    for (const name of names ?? []) {
      if (name.endsWith('.rules')) {
        texts.push(await facts.readFile(`${folder}/${name}`).catch(() => ''));
      }
    }
  }
  // A backslash at the end of a line goes on with the rule.
  return looked
    ? texts
        .join('\n')
        .replace(/\\\n/g, ' ')
        .replace(/^\s*#.*$/gm, '')
    : null;
}

function passed(headline: string, detail: string): Finding {
  return { id: 'keys', status: 'pass', headline, detail, stopsProduction: false, fix: '' };
}

function unknown(detail: string): Finding {
  return {
    id: 'keys',
    status: 'unknown',
    headline: 'Not known: can YubiKeys be used here?',
    detail,
    stopsProduction: false,
    fix: 'Plug a YubiKey in and choose “Check again”. Paper and sticks work as before.',
  };
}

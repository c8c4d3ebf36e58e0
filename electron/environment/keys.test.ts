import { describe, expect, test } from 'vitest';
import { systemClock } from '../devices/yubikey-otp/hid/clock.ts';
import {
  HidNoPermission,
  HidUnavailable,
  type HidTransport,
} from '../devices/yubikey-otp/hid/transport.ts';
import { UDEV_RULE } from '../devices/yubikey-otp/hid/udev-rule.ts';
import type { KeyMedium } from '../../shared/sharing/media-kinds.ts';
import { FIRMWARE_5_7 } from '../../test/support/software-key/fido-profiles.ts';
import { FidoMachine } from '../../test/support/software-key/fido.ts';
import { SoftwareKey } from '../../test/support/software-key/key.ts';
import { otpKey } from '../../test/support/software-key/otp.ts';
import { failingTransport, transportOf } from '../../test/support/software-key/transport.ts';
import { keysFinding } from './keys.ts';

const BOTH = ['yubikey-otp', 'yubikey-fido2'] as const;
/** As systemd has it, with what is said around it. */
const SYSTEMD = '# Tokens\nENV{ID_SECURITY_TOKEN}=="?*", TAG+="uaccess"\n';

interface Laptop {
  readonly hid?: HidTransport;
  /** Rule files by path; none: no folder can be read. */
  readonly rules?: Readonly<Record<string, string>>;
  readonly userId?: number;
  readonly media?: readonly KeyMedium[];
}

function look({ hid = transportOf([]), rules, userId = 1000, media = BOTH }: Laptop) {
  const paths = Object.keys(rules ?? {});
  return keysFinding({
    sockets: { hid },
    media,
    userId,
    facts: {
      list: (folder) => {
        const names = paths.flatMap((path) =>
          path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [],
        );
        return names.length > 0 ? Promise.resolve(names) : Promise.reject(new Error(folder));
      },
      readFile: (path) => {
        const text = rules?.[path];
        return text === undefined ? Promise.reject(new Error(path)) : Promise.resolve(text);
      },
    },
  });
}

/** A key in its socket, with both interfaces. */
function plugged(): SoftwareKey {
  const key = new SoftwareKey({ clock: systemClock, serial: 12_345_678 });
  otpKey(key);
  key.add(new FidoMachine(key, FIRMWARE_5_7));
  return key;
}

/** What udev keeps from this account is listed, and does not open. */
const shut = (key: SoftwareKey): HidTransport => ({
  list: () => transportOf([key]).list(),
  open: (path) => Promise.reject(new HidNoPermission(path)),
});

describe('without a key in', () => {
  test('the shipped rule, an older one over two lines, and root will do for both kinds', async () => {
    for (const rules of [
      { '/etc/udev/rules.d/70-conclave-yubikey.rules': `# Lets in\n${UDEV_RULE}\n` },
      {
        '/usr/lib/udev/rules.d/70-u2f.rules':
          'KERNEL=="hidraw*", \\\n ATTRS{idVendor}=="1050", MODE="0660", GROUP="plugdev"\n',
      },
    ]) {
      expect(await look({ rules })).toMatchObject({ id: 'keys', status: 'pass', fix: '' });
    }
    expect(await look({ rules: {}, userId: 0 })).toMatchObject({ status: 'pass' });
  });

  test('systemd’s own rule is for FIDO2 alone', async () => {
    const rules = { '/usr/lib/udev/rules.d/70-uaccess.rules': SYSTEMD };
    expect(await look({ rules, media: ['yubikey-fido2'] })).toMatchObject({ status: 'pass' });
    expect(await look({ rules })).toMatchObject({ status: 'fail' });
  });

  test.each([
    ['another vendor', UDEV_RULE.replace('1050', '1209')],
    ['a comment', `# ${UDEV_RULE}`],
    ['a file that is no rule', ''],
  ])('no rule for it is said with the line to write, and stops nothing: %s', async (_, text) => {
    const rules = {
      '/etc/udev/rules.d/50-others.rules': text,
      '/etc/udev/rules.d/70-conclave-yubikey.rules.off': UDEV_RULE,
    };
    const finding = await look({ rules });
    expect(finding).toMatchObject({ status: 'fail', stopsProduction: false });
    expect(finding.fix).toContain(UDEV_RULE);
  });

  test('rules that cannot be read are not known', async () => {
    const finding = await look({});
    expect(finding).toMatchObject({ status: 'unknown', stopsProduction: false });
    expect(finding.headline).toMatch(/^Not known/);
  });
});

describe('with a key in', () => {
  test('it is opened, and named', async () => {
    const finding = await look({ hid: transportOf([plugged()]) });
    expect(finding).toMatchObject({ status: 'pass', headline: 'A YubiKey answers' });
    expect(finding.detail).toMatch(/^YubiKey.* 12345678: opened/);
  });

  test.each(BOTH)(
    'one that this account may not open is said with the udev line: %s',
    async (one) => {
      // Whatever the rules promise: what happens with the key in the socket counts.
      const rules = { '/etc/udev/rules.d/70-conclave-yubikey.rules': UDEV_RULE };
      const finding = await look({ hid: shut(plugged()), rules, media: [one] });
      expect(finding).toMatchObject({ status: 'fail', stopsProduction: false });
      expect(finding.headline).toMatch(/this account may not/i);
      expect(finding.fix).toContain(UDEV_RULE);
    },
  );
});

test.each(BOTH)('a laptop without libusb says so once, and stops nothing: %s', async (one) => {
  const missing = new HidUnavailable('The system library libusb-1.0 is not installed.');
  const finding = await look({ hid: failingTransport(missing), media: [one] });
  expect(finding).toMatchObject({ id: 'keys', status: 'fail', stopsProduction: false });
  expect(`${finding.headline} ${finding.detail}`).toContain('libusb-1.0 is not installed');
  expect(finding.detail).toContain('Paper and sticks work');
});

test('a fault of another kind is no pass, and quoted to nobody', async () => {
  const broken = await look({ hid: failingTransport(new Error('canary')) });
  expect(broken).toMatchObject({ status: 'fail', stopsProduction: false });
  expect(JSON.stringify(broken)).not.toContain('canary');
  const nonsense = { list: () => Promise.resolve([null as never]), open: () => Promise.reject() };
  const unseen = await look({ hid: nonsense });
  expect(unseen).toMatchObject({ status: 'unknown', stopsProduction: false });
});

/** The fuses that are burnt into the packed binary, on wires of every length that there is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FuseV1Options as Fuse, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { burnFuses, setFuses } from './fuses.mjs';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron ships its first ten: some on, some off. */
const SHIPPED = '1011001110';

/** A binary with something before and after its wire; `fuses` one character each. */
function binary(fuses: string, version = 1): Buffer {
  return Buffer.concat([
    Buffer.from('\u007fELF code before'),
    Buffer.from(SENTINEL),
    Buffer.from([version, fuses.length]),
    Buffer.from(fuses),
    Buffer.from('1 code after'),
  ]);
}

function burnt(fuses: string, standIn: boolean): string {
  const bytes = binary(fuses);
  setFuses(bytes, { standIn });
  return bytes.toString('latin1');
}

const whole = (fuses: string) => binary(fuses).toString('latin1');

describe('the bytes', () => {
  test('of the supported Electron are exactly ours, with eight fuses and with nine', () => {
    expect(burnt(SHIPPED.slice(0, 8), false)).toBe(whole('01001100'));
    expect(burnt(SHIPPED.slice(0, 9), false)).toBe(whole('010011001'));
  });

  test('of the stand-in too, with seven', () => {
    expect(burnt(SHIPPED.slice(0, 7), true)).toBe(whole('0100100'));
    expect(burnt(SHIPPED.slice(0, 9), true)).toBe(whole('010010001'));
  });

  test('do not depend on how Electron shipped them', () => {
    for (const shipped of ['000000000', '111111111']) {
      expect(burnt(shipped, false)).toBe(whole('010011001'));
    }
  });

  test('are set in every wire of the binary', () => {
    const bytes = Buffer.concat([binary('111111111'), binary('000000000')]);
    setFuses(bytes, { standIn: false });
    expect(bytes.toString('latin1')).toBe(whole('010011001').repeat(2));
  });
});

describe('nothing is packed', () => {
  const refused = (bytes: Buffer, standIn = false) => {
    const before = Buffer.from(bytes);
    let message = '';
    try {
      setFuses(bytes, { standIn });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(bytes).toEqual(before);
    return message;
  };

  test('with a tenth fuse, of which nobody has decided', () => {
    for (const standIn of [false, true]) {
      expect(refused(binary(SHIPPED), standIn)).toMatch(
        /^This Electron has 10 fuses, and Conclave knows 9\. .*fuses\.mjs before anything is packed\.$/,
      );
    }
  });

  test('with too few: a switch that we count on is not there', () => {
    expect(refused(binary(SHIPPED.slice(0, 7)))).toBe(
      'This Electron has 7 fuses, and at least 8 must be set.',
    );
    expect(refused(binary(SHIPPED.slice(0, 6)), true)).toMatch(/6 fuses, and at least 7/);
  });

  test('with one that Electron took out', () => {
    expect(refused(binary('10110r110'))).toMatch(
      /^This Electron has the fuse OnlyLoad.* no more\./,
    );
  });

  test('with wires of another version, none, or one that is cut', () => {
    expect(refused(binary(SHIPPED.slice(0, 9), 2))).toMatch(/are of version 2; known is 1/);
    expect(refused(Buffer.from('no wire'))).toMatch(/this is no binary of Electron/);
    const cut = binary(SHIPPED.slice(0, 9));
    expect(refused(cut.subarray(0, cut.indexOf(SENTINEL) + 36))).toMatch(/ends within its fuses/);
  });

  test('when the second wire is wrong, not even the first is set', () => {
    expect(refused(Buffer.concat([binary('111111111'), binary(SHIPPED)]))).toMatch(/10 fuses/);
  });
});

describe('a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'conclave-fuses-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('says to Electron’s own tool what we meant', async () => {
    const file = path.join(folder, 'electron');
    writeFileSync(file, binary(SHIPPED.slice(0, 9)));
    burnFuses(file, { standIn: false });
    const wire = await getCurrentFuseWire(file);
    const set = (fuse: Fuse) => String.fromCodePoint(Number(wire[fuse]));
    const on = [
      Fuse.EnableCookieEncryption,
      Fuse.EnableEmbeddedAsarIntegrityValidation,
      Fuse.OnlyLoadAppFromAsar,
    ];
    const off = [
      Fuse.RunAsNode,
      Fuse.EnableNodeOptionsEnvironmentVariable,
      Fuse.EnableNodeCliInspectArguments,
      Fuse.LoadBrowserProcessSpecificV8Snapshot,
      Fuse.GrantFileProtocolExtraPrivileges,
    ];
    expect(on.map(set)).toEqual(['1', '1', '1']);
    expect(off.map(set)).toEqual(['0', '0', '0', '0', '0']);
  });

  test('stays as it was when its wire is refused', () => {
    const file = path.join(folder, 'newer');
    writeFileSync(file, binary(SHIPPED));
    expect(() => burnFuses(file, { standIn: false })).toThrow('10 fuses');
    expect(readFileSync(file)).toEqual(binary(SHIPPED));
  });
});

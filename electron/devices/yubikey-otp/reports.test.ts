import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum } from '../../../test/support/software-key/otp-slots.ts';
import { fromHex, toHex } from '../../../test/support/software-key/plugged-otp.ts';
import { commandReports, isBusy, parseReport } from './reports.ts';

const byte = fc.integer({ min: 0, max: 255 });

describe('the reports of a command', () => {
  it('are those of the reference', () => {
    const challenge = new TextEncoder().encode('Sample #2');
    expect(commandReports(0x38, challenge).map(toHex)).toEqual([
      '53616d706c652080',
      '2332000000000081',
      '0038f82a00000089',
    ]);
  });

  it('carry any payload and command whole, and leave out zeros only', () => {
    fc.assert(
      fc.property(byte, fc.uint8Array({ maxLength: 64 }), (command, payload) => {
        const reports = commandReports(command, payload);
        const frame = new Uint8Array(70);
        for (const report of reports) {
          expect(report).toHaveLength(8);
          const flags = report[7] ?? 0;
          expect(flags & 0xe0).toBe(0x80);
          const place = flags & 0x1f;
          if (place > 0 && place < 9) expect(report.subarray(0, 7).some((b) => b > 0)).toBe(true);
          frame.set(report.subarray(0, 7), place * 7);
        }
        const padded = new Uint8Array(64);
        padded.set(payload);
        const crc = checksum(padded);
        expect(frame).toEqual(Uint8Array.of(...padded, command, crc & 0xff, crc >> 8, 0, 0, 0));
        const places = reports.map((report) => (report[7] ?? 0) & 0x1f);
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        expect([places[0], places.at(-1)]).toEqual([0, 9]);
      }),
    );
  });

  it('do not exist for more than 64 bytes', () => {
    expect(() => commandReports(0x38, new Uint8Array(65))).toThrow(RangeError);
  });
});

describe('a report', () => {
  it('is read as what it is', () => {
    expect(parseReport(fromHex('0005040305080000'))).toEqual({
      kind: 'status',
      status: { firmware: [5, 4, 3], changes: 5, bits: 8 },
    });
    expect(parseReport(fromHex('0102030405060741'))).toEqual({
      kind: 'response',
      place: 1,
      data: fromHex('01020304050607'),
    });
    expect(parseReport(fromHex('000504030508002e'))).toEqual({ kind: 'touch', seconds: 14 });
    expect(parseReport(fromHex('0005040305080080'))).toEqual({ kind: 'busy' });
  });

  it('of any eight bytes is something; of any other length it is nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const parsed = parseReport(bytes);
        if (bytes.length !== 8) expect(parsed).toBeNull();
        else expect(['status', 'response', 'touch', 'busy']).toContain(parsed?.kind);
        if (parsed?.kind === 'status') expect(isBusy(bytes)).toBe(false);
      }),
    );
  });
});

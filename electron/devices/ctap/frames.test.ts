import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fidoCode } from './index.ts';
import { Assembly, channelOf, COMMAND, LONGEST, REPORT, reportsOf } from './frames.ts';

const message = fc.uint8Array({ maxLength: LONGEST });
const channel = fc.integer({ min: 1, max: 0xfffffffe });
const command = fc.integer({ min: 1, max: 0x7f });

function assembled(reports: readonly Uint8Array[]): Assembly {
  const [first = new Uint8Array(REPORT), ...rest] = reports;
  const assembly = new Assembly(first);
  for (const report of rest) assembly.add(report);
  return assembly;
}

function refusal(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return fidoCode(error);
  }
}

test('every message comes back from its reports, and none is longer than it must be', () => {
  fc.assert(
    fc.property(channel, command, message, (on, number, bytes) => {
      const reports = reportsOf(on, number, bytes);
      expect(reports).toHaveLength(1 + Math.max(0, Math.ceil((bytes.length - 57) / 59)));
      for (const report of reports) {
        expect(report).toHaveLength(REPORT);
        expect(channelOf(report)).toBe(on);
      }
      const whole = assembled(reports);
      expect(whole.command).toBe(number);
      expect(whole.message).toEqual(bytes);
    }),
    { numRuns: 60 },
  );
});

test('the lengths at the edges', () => {
  for (const [length, count] of [
    [0, 1],
    [57, 1],
    [58, 2],
    [116, 2],
    [117, 3],
    [LONGEST, 129],
  ] as const) {
    const bytes = new Uint8Array(length).fill(0xa5);
    const reports = reportsOf(1, COMMAND.cbor, bytes);
    expect(reports).toHaveLength(count);
    expect(assembled(reports).message).toEqual(bytes);
  }
  expect(() => reportsOf(1, COMMAND.cbor, new Uint8Array(LONGEST + 1))).toThrow(RangeError);
});

test('a report that is missing, twice, or in another place is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 200, maxLength: 900 }), fc.nat(), (bytes, at) => {
      const reports = reportsOf(5, COMMAND.cbor, bytes);
      const place = 1 + (at % (reports.length - 2));
      const missing = [...reports.slice(0, place), ...reports.slice(place + 1)];
      expect(refusal(() => assembled(missing))).toBe('fido-nonsense');
      const twice = [...reports.slice(0, place + 1), ...reports.slice(place)];
      expect(refusal(() => assembled(twice))).toBe('fido-nonsense');
      expect(refusal(() => assembled(reports.slice(1)))).toBe('fido-nonsense');
    }),
    { numRuns: 40 },
  );
});

test('a length that no message can have, and reports of another size', () => {
  const tooLong = reportsOf(1, COMMAND.cbor, new Uint8Array(1))[0] ?? new Uint8Array(REPORT);
  tooLong.set([0xff, 0xff], 5);
  expect(refusal(() => new Assembly(tooLong))).toBe('fido-nonsense');
  for (const length of [0, 63, 65]) {
    expect(refusal(() => channelOf(new Uint8Array(length)))).toBe('fido-nonsense');
  }
});

test('the reports of the protocol, byte for byte', () => {
  const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
  const [init] = reportsOf(0xffffffff, COMMAND.init, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  expect(hex(init)).toBe(`ffffffff8600080102030405060708${'00'.repeat(49)}`);
  const [info] = reportsOf(0x01020304, COMMAND.cbor, Uint8Array.of(4));
  expect(hex(info)).toBe(`0102030490000104${'00'.repeat(56)}`);
  const [serial] = reportsOf(0x01020304, COMMAND.deviceInfo, Uint8Array.of(0));
  expect(hex(serial)).toBe(`01020304c20001${'00'.repeat(57)}`);
  const [, second] = reportsOf(0x01020304, COMMAND.cbor, new Uint8Array(58).fill(0xee));
  expect(hex(second)).toBe(`0102030400ee${'00'.repeat(58)}`);
});

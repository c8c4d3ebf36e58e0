/** One buffer for many fields: the same bytes as joined arrays give. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import { bytesToHex, concatBytes, hexToBytes, lengthPrefixed, u16, utf8ToBytes } from './bytes.ts';

type Field =
  | { readonly how: 'raw' | 'hex'; readonly bytes: Uint8Array }
  | { readonly how: 'text' | 'field'; readonly text: string }
  | { readonly how: 'u16'; readonly value: number };

const anyText = fc.string({ unit: 'binary', maxLength: 2000 });
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ how: fc.constantFrom('raw' as const, 'hex' as const), bytes: fc.uint8Array() }),
  fc.record({ how: fc.constantFrom('text' as const, 'field' as const), text: anyText }),
  fc.record({ how: fc.constant('u16' as const), value: fc.nat(0xffff) }),
);

function joined(one: Field): Uint8Array {
  switch (one.how) {
    case 'u16':
      return u16(one.value);
    case 'text':
      return utf8ToBytes(one.text);
    case 'field':
      return lengthPrefixed(one.text);
    case 'raw':
    case 'hex':
      return one.bytes;
  }
}

function write(writer: ByteWriter, one: Field): ByteWriter {
  switch (one.how) {
    case 'u16':
      return writer.u16(one.value);
    case 'text':
      return writer.text(one.text);
    case 'field':
      return writer.field(one.text);
    case 'hex':
      return writer.hex(bytesToHex(one.bytes));
    case 'raw':
      return writer.raw(one.bytes);
  }
}

test('whatever is written is what joining it gives, however often the buffer is used', () => {
  const writer = new ByteWriter();
  fc.assert(
    fc.property(fc.array(field, { maxLength: 20 }), (fields) => {
      writer.reset();
      for (const one of fields) write(writer, one);
      expect(writer.written()).toEqual(concatBytes(...fields.map(joined)));
    }),
  );
});

test.each(['AB', 'zz', 'a'])('%s is no lower-case hex', (digits) => {
  expect(() => new ByteWriter().hex(digits)).toThrow(RangeError);
});

test.each([-1, 65_536, 1.5])('%s is no number of two bytes', (value) => {
  expect(() => new ByteWriter().u16(value)).toThrow(RangeError);
});

test('a text of more than 65,535 bytes is no field', () => {
  expect(() => new ByteWriter().field('é'.repeat(32_768))).toThrow(RangeError);
  expect(new ByteWriter().field('é').written()).toEqual(hexToBytes('0002c3a9'));
});

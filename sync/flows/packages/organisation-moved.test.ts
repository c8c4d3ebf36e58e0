import { expect, it } from 'vitest';
import { underLastPassphrase } from './organisation-moved.ts';

type Bundles = Parameters<typeof underLastPassphrase>[0];
type One = Bundles extends AsyncIterable<infer T> ? T : never;

const wrote = (passphrase: One['passphrase'], entries: Record<number, string>, of = 4): One => ({
  passphrase,
  facts: { organisationId: of },
  moved: Object.entries(entries).map(([id, entry]) => ({ surveyId: Number(id), entry })),
});

/** @param newestFirst of several organisations */
const left = async (...newestFirst: One[]) => {
  async function* bundles(): AsyncGenerator<One> {
    yield* newestFirst;
  }
  return Object.fromEntries(await underLastPassphrase(bundles(), 4));
};

it('by survey the newest entry, as far back as the passphrase was made up', async () => {
  expect(
    await left(
      wrote('continued', { 2: 'b' }),
      wrote('new', { 2: 'x' }, 5),
      wrote('new', { 1: 'a' }),
      wrote('new', { 3: 'before' }),
    ),
  ).toEqual({ 1: 'a', 2: 'b' });
});

it('what moved to another version since is there as it lies now', async () => {
  expect(await left(wrote('kept', { 1: 'moved' }), wrote('new', { 1: 'a', 2: 'b' }))).toEqual({
    1: 'moved',
    2: 'b',
  });
});

it('what only moved is under the passphrase of before, and no earlier ceremony has wrapped it', async () => {
  expect(await left(wrote('kept', { 2: 'moved' }), wrote('new', { 1: 'a' }))).toEqual({ 1: 'a' });
  expect(await left(wrote('kept', { 2: 'moved' }))).toEqual({});
});

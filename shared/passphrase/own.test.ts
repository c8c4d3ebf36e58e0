import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { generatePassphrase } from '../encoding/words.ts';
import { Refusal } from '../refusal.ts';
import { guessesInWords, loadGuesses, NEEDED_GUESSES, type Guesses } from './guesses.ts';
import {
  loadJudge,
  MOST_CHARACTERS,
  takeOwnPassphrase,
  tidyOwnPassphrase,
  type Judge,
} from './own.ts';

let judge: Judge;
let guessesOf: Guesses;
beforeAll(async () => {
  judge = await loadJudge();
  guessesOf = await loadGuesses();
});

const utf8 = (text: string) => new TextEncoder().encode(text);
const codeOf = (text: string, first: readonly string[] = []) =>
  judge(text, first).refusal?.code ?? 'taken';

describe('the strength of an own passphrase', () => {
  it.each([
    ['a password that everybody knows', 'password123'],
    ['the famous example', 'correct horse battery staple'],
    ['the famous example with other signs', 'correct-horse-battery-staple'],
    ['the famous example as one word', 'correcthorsebatterystaple'],
    ['words that are frequent', 'to be or not to be that is the question'],
    ['three random words', 'anchor velvet copper'],
    ['four random words', 'anchor velvet copper morning'],
    ['one word many times', 'monkey monkey monkey monkey monkey monkey monkey'],
    ['one word in many spellings', 'zebra zebra1 Zebra2 zebra3 zebra4 zebra5'],
    ['one letter', 'a'.repeat(MOST_CHARACTERS)],
    ['a row of the keyboard', 'qwertyuiopasdfghjklzxcvbnm'],
    ['a walk over the keyboard', '1qaz2wsx3edc4rfv5tgb6yhn'],
    ['the alphabet, spaced', 'a b c d e f g h i j k l m n o p q r s t u v w x y z'],
    ['the months', 'January February March April May June July August'],
    ['numbers in words', 'one two three four five six seven eight nine ten'],
    ['dates', '3/5/2026 4/6/1984'],
    ['other signs for letters', 'P4$$w0rd!1P4$$w0rd!1'],
    ['words of this house', 'Conclave CheckTick hospital recovery share'],
  ])('is too little: %s', (_, text) => {
    expect(codeOf(text)).toBe('passphrase-weak');
  });

  it.each([
    ['six unrelated words', 'anchor velvet copper morning orbit lizard'],
    ['words with accents and capitals', 'Ümläut grävel Tin-whistle forty9 kêttle'],
    ['random characters', 'aB3$xK9!qw2zT7pL'],
  ])('is enough: %s', (_, text) => {
    expect(codeOf(text)).toBe('taken');
  });

  it('is judged at 10^14: fourteen random characters pass, thirteen do not', () => {
    const enough = judge('aB3$xK9!qw2zT7', []);
    expect(enough.refusal).toBeNull();
    expect(enough.guesses).toBeGreaterThanOrEqual(NEEDED_GUESSES);
    expect(enough.guesses).toBeLessThan(NEEDED_GUESSES * 1.01);
    const { guesses, refusal } = judge('aB3$xK9!qw2zT', []);
    expect(guesses).toBeLessThan(NEEDED_GUESSES);
    expect(refusal?.sentences.happened).toBe(
      'A guesser with the file would need about 10 trillion guesses.',
    );
    expect(refusal?.sentences.means).toContain('At least 100 trillion are needed.');
  });

  it('counts names and labels as known, whole or in part, in any case', () => {
    const first = ['Xanthorrea Quillfeather', 'Brzk Vlotsk 2026 A'];
    for (const text of ['xanthorrea quillfeather brzk', 'XanthorreaQuillfeather brzk vlotsk']) {
      expect(codeOf(text)).toBe('taken');
      expect(codeOf(text, first)).toBe('passphrase-weak');
    }
  });

  it('does not rise by a name that is known, whichever it is', () => {
    const word = fc.constantFrom('anchor', 'velvet', 'Copper', 'qz7Kx', 'ward', 'lizard');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), word, (words, known) => {
        const text = words.join(' ');
        // Twice: each name that is known puts the words of this house one place lower.
        expect(guessesOf(text, [known])).toBeLessThanOrEqual(2 * guessesOf(text, []));
      }),
      { numRuns: 40 },
    );
  });

  it('takes most generated six words, though their list may be known: they are a yardstick', () => {
    const texts = Array.from({ length: 40 }, () => new TextDecoder().decode(generatePassphrase(6)));
    const taken = texts.filter((text) => codeOf(text) === 'taken');
    expect(taken.length).toBeGreaterThan(20);
  });
});

describe('the spelling of an own passphrase', () => {
  const strong = 'anchor velvet copper morning orbit lizard';
  it.each([
    ['', 'passphrase-not-text'],
    [` ${strong}`, 'passphrase-spaces'],
    [`${strong} `, 'passphrase-spaces'],
    [strong.replace(' ', '  '), 'passphrase-spaces'],
    [strong.replace(' ', '\t'), 'passphrase-spaces'],
    [strong.replace(' ', '\u00a0'), 'passphrase-characters'],
    [strong.replace(' ', '\u2003'), 'passphrase-characters'],
    [`${strong}\u0007`, 'passphrase-characters'],
    [`${strong}\u0000x`, 'passphrase-characters'],
    [`${strong}\u200b`, 'passphrase-characters'],
    [`${strong}\u202e`, 'passphrase-characters'],
    [`${strong}\ufe0f`, 'passphrase-characters'],
    [`${strong} ﬁsh`, 'passphrase-characters'],
    [`${strong} ½`, 'passphrase-characters'],
    [`${strong} Ａ`, 'passphrase-characters'],
    [`${strong}\ud800`, 'passphrase-characters'],
    ['é'.repeat(MOST_CHARACTERS + 1), 'passphrase-long'],
  ])('%j is refused as %s before anything is estimated', (text, code) => {
    expect(judge(text, [])).toMatchObject({ guesses: null, refusal: { code } });
  });

  it('is NFC: accents that were typed apart become what a keyboard writes', async () => {
    const apart = 'Ümläut grävel Tin-whistle forty9 kêttle'.normalize('NFD');
    expect(await takeOwnPassphrase(utf8(apart), [])).toEqual(utf8(apart.normalize('NFC')));
    expect(tidyOwnPassphrase(utf8(` ${apart}\n`))).toEqual(utf8(apart.normalize('NFC')));
  });

  it('leaves every passphrase that is taken as it was typed, but for NFC', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), async (text) => {
        const bytes = await takeOwnPassphrase(utf8(text), []).catch((error: unknown) => error);
        if (bytes instanceof Uint8Array) expect(bytes).toEqual(utf8(text.normalize('NFC')));
        else expect(bytes).toBeInstanceOf(Refusal);
      }),
    );
  });

  it('takes any bytes whatever: a text, or one refusal that repeats nothing of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const taken = await takeOwnPassphrase(bytes, []).catch((error: unknown) => error);
        if (!(taken instanceof Uint8Array)) expect(taken).toBeInstanceOf(Refusal);
        expect(() => tidyOwnPassphrase(bytes)).not.toThrow();
      }),
    );
  });
});

describe('guesses in words', () => {
  it.each([
    [3, 'about 3'],
    [40_321, 'about 40,321'],
    [2_900_000, 'about 2 million'],
    [3.2e9, 'about 3 billion'],
    [9.99e13, 'about 99 trillion'],
    [1e14, 'about 100 trillion'],
    [1e21, 'more than 1,000 trillion'],
  ])('%d is %s', (guesses, words) => {
    expect(guessesInWords(guesses)).toBe(words);
  });
});

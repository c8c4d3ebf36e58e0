import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../shared/encoding/bytes.ts';
import { checkSpelling, checkStrength } from './password.ts';

const ABOUT = ['requester@example.org', 'Clinic', 'follow-up', 'checktick'];

async function judged(password: string): Promise<string> {
  const typed = utf8ToBytes(password);
  try {
    checkSpelling(typed, typed.slice());
    await checkStrength(typed, ABOUT);
    return 'taken';
  } catch (cause) {
    return (cause as { code: string }).code;
  }
}

describe('the password of a survey', () => {
  it.each([
    'zebra umbrella violin cactus',
    'vB7#kQ2!xM9z',
    'maß-Öl Tür quietscht 4 laut',
    'かなりながいあいことばです二つ',
  ])('%j is taken', async (password) => {
    expect(await judged(password)).toBe('taken');
  });

  it.each([
    ['', 'password-short'],
    ['Kx9$mQ2!vB7', 'password-short'],
    ['aaaaaaaaaaaa', 'password-weak'],
    ['Password1234', 'password-weak'],
    ['QWERTYUIOPAS', 'password-weak'],
    // Strong only by its capitals, which CheckTick does not tell apart.
    ['mY dOg iS rEx', 'password-weak'],
    ['Clinic follow-up', 'password-weak'],
    ['requester@example.org', 'password-weak'],
    ['tab\there umbrella violin', 'password-characters'],
    ['half ½ umbrella violin', 'password-characters'],
  ])('%j is refused: %s', async (password, code) => {
    expect(await judged(password)).toBe(code);
  });

  it('bytes that are no text are refused, and two that differ', () => {
    const broken = Uint8Array.of(0xff, 0xfe, ...utf8ToBytes('umbrella violin'));
    expect(() => checkSpelling(broken, broken)).toThrow('cannot be seen');
    expect(() => checkSpelling(utf8ToBytes('a'), utf8ToBytes('b'))).toThrow('not the same');
  });
});

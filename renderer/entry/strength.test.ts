import { describe, expect, it } from 'vitest';
import { loadJudge } from '../../shared/passphrase/own.ts';
import { strengthOf } from './strength.ts';

describe('what the page says of a passphrase', () => {
  it('names the guesses, and those that are needed', async () => {
    const judge = await loadJudge();
    expect(strengthOf(judge, 'correct horse battery staple', [])).toEqual({
      tone: 'bad',
      verdict: 'Too weak.',
      sentence: expect.stringMatching(
        /^A guesser with the file would need about \d+ billion guesses\. At least 100 trillion are needed\.$/,
      ),
    });
    const strong = strengthOf(judge, 'anchor velvet copper morning orbit lizard', []);
    expect(strong).toMatchObject({ tone: 'good', verdict: 'Strong enough.' });
  });

  it('says what is wrong with its spelling instead', async () => {
    const judge = await loadJudge();
    const spaced = strengthOf(judge, 'anchor  velvet copper morning orbit lizard', []);
    expect(spaced.tone).toBe('bad');
    expect(spaced.sentence).toContain('two in a row');
    expect(spaced.sentence).not.toContain('guesser');
  });
});

/**
 * A new passphrase: six generated words, or one of the person's own that is strong enough.
 * @module
 */
import { generatePassphrase } from '../../shared/encoding/words.ts';
import type { PassphraseKind } from '../../shared/ipc/entry.ts';
import { takeOwnPassphrase } from '../../shared/passphrase/own.ts';
import type { RandomSource } from '../../shared/secret/random.ts';
import type { EntrySession } from './entry.ts';

/** For whom, and what it is going to open, as the screen says it. */
interface Asked {
  readonly person: string;
  readonly protects: readonly string[];
  /** Further names and labels that a guesser would try first. */
  readonly first?: readonly string[];
  /** Characters that one of the person's own must have; six words have more than 20. */
  readonly shortest?: number;
}

/**
 * Shows six words until they are written down or a passphrase of the person's own was judged
 * strong enough. Going back shows the same six words: they may be on the paper already.
 * @returns UTF-8; the caller wipes it
 */
export async function choosePassphrase(
  entry: EntrySession,
  asked: Asked,
  random: RandomSource,
): Promise<Uint8Array> {
  const { person, protects } = asked;
  const words = generatePassphrase(6, random);
  try {
    for (;;) {
      const kind = await entry.showWords(words, person, protects);
      if (kind === 'generated') return words.slice();
      const own = await askOwn(entry, asked);
      if (own.kind === 'own') return own.passphrase;
    }
  } finally {
    words.fill(0);
  }
}

type Answer =
  | { readonly kind: Extract<PassphraseKind, 'own'>; readonly passphrase: Uint8Array }
  | { readonly kind: Extract<PassphraseKind, 'generated'> };

function askOwn(
  entry: EntrySession,
  { person, protects, first = [], shortest }: Asked,
): Promise<Answer> {
  const names = [person, ...first, ...protects];
  return entry.ask<Answer>(
    {
      task: 'own-passphrase',
      person,
      protects,
      first: names,
      ...(shortest === undefined ? {} : { shortest }),
    },
    async (input) => {
      if (input.type === 'choose' && input.kind === 'generated') return { kind: input.kind };
      if (input.type !== 'own-passphrase') return undefined;
      entry.busy('Looking how strong it is');
      // SECURITY: the window judged it too, but a window may have been taken over.
      return { kind: 'own', passphrase: await takeOwnPassphrase(input.bytes, names, shortest) };
    },
  );
}

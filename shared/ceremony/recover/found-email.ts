/**
 * What the worker found of the e-mail address that an escrow keeps, and how it compares.
 * @module
 */
import { outcomeOf, type Compared, type EmailOutcome } from '../../bundle/escrowed-email.ts';
import { sameEmail } from '../../checktick/index.ts';

/** SECURITY: addresses are personal data: for the screen, never for the transcript. */
export type FoundEmail =
  /** The package is from before there was anything to compare. */
  | { readonly standing: 'not-asked' }
  | { readonly standing: 'none' | 'missing' | 'not-openable' }
  | {
      readonly standing: 'opened';
      readonly escrowed: string;
      /** The account's address when the package was made; empty: it has none. */
      readonly account: string;
      /** The one that the person gave at the identity check; null: none was recorded. */
      readonly stated: string | null;
    };
export type AskedEmail = Exclude<FoundEmail, { standing: 'not-asked' }>;

type Opened = Extract<FoundEmail, { standing: 'opened' }>;

const against = (escrowed: string, other: string) =>
  other === '' ? 'none' : sameEmail(escrowed, other) ? 'same' : 'differs';

function compare({ escrowed, account, stated }: Opened): Compared {
  return { account: against(escrowed, account), stated: against(escrowed, stated ?? '') };
}

/** By CheckTick's own rule; `compared` is null where nothing opened. */
export function judgeEmail(found: AskedEmail): {
  readonly outcome: EmailOutcome;
  readonly compared: Compared | null;
} {
  if (found.standing !== 'opened') return { outcome: found.standing, compared: null };
  const compared = compare(found);
  return { outcome: outcomeOf(compared), compared };
}

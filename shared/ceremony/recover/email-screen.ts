/**
 * The screen on which everybody compares the addresses.
 * @module
 */
import type { Compared } from '../../bundle/escrowed-email.ts';
import { visibleEmail } from '../../checktick/index.ts';
import type { Screen } from '../view.ts';
import { judgeEmail, type AskedEmail } from './found-email.ts';

/** What the screen shows: addresses whose every character can be told from any other. */
export function emailScreen(
  found: AskedEmail,
  facts: Extract<Screen, { screen: 'escrowed-email' }>['facts'],
): Extract<Screen, { screen: 'escrowed-email' }> {
  const { outcome, compared } = judgeEmail(found);
  const common = { screen: 'escrowed-email', facts, outcome } as const;
  if (found.standing !== 'opened' || compared === null) return { ...common, addresses: null };
  const { escrowed, account, stated } = found;
  const beside = (address: string, comparison: Compared['account']) => ({
    address: address === '' ? null : visibleEmail(address),
    comparison,
    exact: address === escrowed,
  });
  return {
    ...common,
    addresses: {
      escrowed: visibleEmail(escrowed),
      account: beside(account, compared.account),
      stated: beside(stated ?? '', compared.stated),
    },
  };
}

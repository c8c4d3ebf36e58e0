/**
 * One part of the benchmark in a process of its own, so that its memory is its own. Started by
 * main.ts with the name of the part and, or not, the number of rounds; sends back what it found.
 * @module
 */
import type { Finding } from './measure.ts';

async function measure(part: string | undefined, rounds: number | undefined): Promise<Finding> {
  switch (part) {
    case 'pbkdf2':
      return (await import('./pbkdf2.ts')).measurePbkdf2(rounds);
    case 'legacy':
      return (await import('./legacy.ts')).measureLegacy(rounds);
    case 'legacy-search':
      return (await import('./legacy.ts')).measureLegacySearch(rounds);
    case 'recovery':
      return (await import('./recovery.ts')).measureRecovery(rounds);
    case 'commit':
      return (await import('./commit.ts')).measureCommit(rounds);
    case 'escrow':
      return (await import('./escrow.ts')).measureEscrow('sealed', rounds);
    case 'escrow-clear':
      return (await import('./escrow.ts')).measureEscrow('in clear', rounds);
    case 'move':
      return (await import('./move.ts')).measureMove(rounds);
    case 'combine':
      return (await import('./sharing.ts')).measureCombine(rounds);
    case 'refresh':
      return (await import('./sharing.ts')).measureRefresh(rounds);
    case 'keys':
      return (await import('./keys.ts')).measureKeys(rounds);
    case 'fido':
      return (await import('./fido.ts')).measureFido(rounds);
    case 'ledger':
      return (await import('./ledger.ts')).measureLedger(rounds);
    case 'window':
      return (await import('./window.ts')).measureWindow(rounds);
    default:
      throw new Error(`There is no part ${part}.`);
  }
}

const [part, rounds] = process.argv.slice(2);
const finding = await measure(part, rounds === undefined ? undefined : Number(rounds));
process.send?.(finding, () => process.disconnect());

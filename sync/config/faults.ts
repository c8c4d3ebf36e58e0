/**
 * Collects every fault of a configuration, so that a person repairs all of them in one go
 * instead of meeting them one restart at a time.
 * @module
 */
import { Refusal } from '../../shared/refusal.ts';

/** One sentence per fault; `setting` is the name the person typed (`VAULT_ADDR`). */
export interface Fault {
  readonly setting: string;
  readonly problem: string;
}

/** Thrown once, with all faults. Never holds the value of a setting, which may be a secret. */
export class ConfigRefusal extends Refusal {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const list = faults.map((fault) => `${fault.setting}: ${fault.problem}`).join(' ');
    super(
      'config-faults',
      {
        happened: `The settings of sync have ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}. ${list}`,
        means: 'Sync did not start. Nothing was changed.',
        next: 'Correct each setting named above and start sync again.',
      },
      faults.map((fault) => fault.setting).join(', '),
    );
    this.faults = faults;
  }
}

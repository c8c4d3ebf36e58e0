/**
 * Bundles that make another version active, or retire one, in words: for approvers, for the queue,
 * for custodians, for the receipt.
 * @module
 */
import type { ActivateBundle, RetireBundle } from '../../shared/bundle/bundle.ts';
import { ENTRY_STAYS } from './version.ts';

type Facts = [string, string][];

/** One sentence without its end. */
export function activationInWords({ keyVersion, activates }: ActivateBundle): string {
  return `Make platform key version ${activates} the active one, in the place of ${keyVersion}`;
}

/** Label and value: what two approvers have to judge. */
export function activationFacts({ keyVersion, activates }: ActivateBundle): Facts {
  return [
    ['active until then', `key version ${keyVersion}; it can be made active again in the same way`],
    [
      'survey keys',
      `new ones are stored under ${activates}; those of before stay under the version that they are stored under, whose shares stay in use`,
    ],
    ENTRY_STAYS,
    [
      'CheckTick',
      'stores survey keys through sync alone from then on: its own code takes the component of Vault’s entry, which may be of another version, and would store keys that nothing opens',
    ],
  ];
}

/** For the custodians, who know nothing of sync. */
export function activationChange({ keyVersion, activates }: ActivateBundle) {
  const stays = `Keys that are stored under version ${keyVersion} stay there, and its shares stay in use.`;
  return {
    short: `activate platform key version ${activates}`,
    sentence: `Platform key version ${activates} would be the active one, in the place of version ${keyVersion}: new survey keys would be stored under it. ${stays}`,
    done: `Platform key version ${activates} is the active one, in the place of version ${keyVersion}: new survey keys are stored under it. ${stays}`,
  };
}

/** For the receipt. */
export function activationStatement({ keyVersion, activates }: ActivateBundle): string {
  return `Key version ${activates} is the active one, in the place of ${keyVersion}. What is stored under ${keyVersion} stays there, and its shares are needed as before.`;
}

/** One sentence without its end. */
export function retirementInWords({ retires }: RetireBundle): string {
  return `Retire platform key version ${retires}: trust none of its share sets any more`;
}

/** Label and value: what two approvers have to judge. */
export function retirementFacts({ keyVersion, retires }: RetireBundle): Facts {
  return [
    ['active', `key version ${keyVersion}; it stays`],
    [
      'stored under it',
      `nothing: sync looks again when it commits, and stops where a survey key or an organisation needs ${retires}`,
    ],
    ['afterwards', `nothing that is sealed to ${retires} can be recovered through sync`],
    [
      'Vault’s entry',
      `platform/master-key gets the component of ${keyVersion} where it holds that of ${retires}: CheckTick’s own code derives the keys of organisations with ${keyVersion} from then on`,
    ],
    [
      'backups',
      `those from before may hold survey keys under ${retires}: its shares are destroyed only when no such backup is needed`,
    ],
  ];
}

/** For the custodians, who know nothing of sync. */
export function retirementChange({ retires }: RetireBundle) {
  return {
    short: `retire platform key version ${retires}`,
    sentence: `Platform key version ${retires} would be retired: nothing is stored under it, and its shares would be accepted no more.`,
    done: `Platform key version ${retires} was retired: its shares are accepted no more. Keep yours until you are asked to destroy it before a witness.`,
  };
}

/** For the receipt. */
export function retirementStatement({ retires }: RetireBundle): string {
  return `Key version ${retires} was retired: nothing was stored under it, and none of its share sets is trusted any more.`;
}

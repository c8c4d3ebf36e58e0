/**
 * Another set of the same key on a laptop without a window: the steps that tests of it take again and again.
 * @module
 */
import { packageType, type PackageDocument } from '../../shared/bundle/package.ts';
import { packagedParts, type PackagedSet } from '../../shared/bundle/packaged-set.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { packageFacts, type Laptop } from './headless-platform.ts';
import { NEXT } from './headless-rotate.ts';

/** Two of three. Custodian 2 holds a share of the first set as well. */
export const ON_CALL: Plan = { ...NEXT, label: 'On call 2027' };

/** The package, as sync makes it. */
export async function carryAddSetPackage(
  laptop: Laptop,
  present: PackagedSet,
  epoch: number,
): Promise<PackageDocument> {
  const { recipient: _, ...facts } = packageFacts(laptop, epoch);
  const document = await packageType.sign(
    { ...facts, kind: 'add-set', keyVersion: 'v1', ...packagedParts(present) },
    [laptop.sync.signer],
  );
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  return document;
}

/** From the plan on: operator and witness bring the identities of before. */
export async function agreeOnSet({ room }: Pick<Laptop, 'room'>, plan = ON_CALL): Promise<void> {
  await room.say({ type: 'plan', plan });
  for (const role of ['operator', 'witness'] as const) {
    await room.until(({ screen, turn }) => screen === 'identity' && turn?.role === role);
    await room.say({ type: 'identity', how: 'existing-usb', volumeId: await room.stickOf(role) });
  }
}

/**
 * The plan of a share set as an entry `plan-agreed` has it.
 * @module
 */
import { mediumKind } from '../sharing/media-kinds.ts';
import { fact, type Entry } from '../transcript/entry.ts';
import { planSchema, type Plan } from './set-plan.ts';

/**
 * The media of operator and witness are not in the log: a stick stands for them.
 * @param policy as the manifest has it
 * @returns null where a name is withheld, or it is no such entry
 */
export function agreedPlan(entry: Entry, policy: Plan['policy']): Plan | null {
  const text = (path: string) => String(fact(entry, path) ?? '');
  const count = Number(fact(entry, 'count') ?? 0);
  const mail = (path: string) => {
    const address = text(path);
    return address === '' ? {} : { mail: address };
  };
  const plan = planSchema.safeParse({
    label: text('label'),
    threshold: Number(fact(entry, 'threshold') ?? 0),
    custodians: Array.from({ length: count }, (_, at) => ({
      name: text(`custodian.${at + 1}.name`),
      medium: mediumKind(text(`custodian.${at + 1}.medium`)),
      ...mail(`custodian.${at + 1}.mail`),
    })),
    operator: { name: text('operator'), medium: 'usb' },
    witness: { name: text('witness'), medium: 'usb', ...mail('witness.mail') },
    page: text('page'),
    ...(policy === undefined ? {} : { policy }),
  });
  return plan.success ? plan.data : null;
}

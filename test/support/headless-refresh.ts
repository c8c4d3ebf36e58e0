/**
 * A refresh on a laptop without a window: the steps that tests of it take again and again.
 * @module
 */
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { View } from '../../shared/ceremony/view.ts';
import { PLAN, type Laptop } from './headless-platform.ts';

/** Any two of four: one may stay away. */
export const TWO_OF_FOUR: Plan = { ...PLAN, threshold: 2 };

/** To where everybody says who is here. */
export async function toRefreshFacts(laptop: Laptop): Promise<View> {
  await laptop.host.start('refresh', 'rehearsal');
  return laptop.room.until(({ screen }) => screen === 'refresh-facts');
}

/** Labels of sticks, by who has one. */
type Where = Readonly<Record<string, string>>;

/**
 * On to `there`.
 * @param from sticks that old shares are read from, where it is not the first one of their custodian
 * @param to sticks that new shares are written to: the one with the old share takes no other. Who has
 *   none gets paper.
 */
export async function refreshUntil(
  { room }: Pick<Laptop, 'room'>,
  { from = {}, to = {} }: { readonly from?: Where; readonly to?: Where },
  there: (view: View) => boolean,
): Promise<View> {
  const nameIn = ({ turn }: View) => turn?.name ?? '';
  for (;;) {
    const view = await room.until(
      (one) =>
        there(one) ||
        (one.screen === 'share-in' && from[nameIn(one)] !== undefined) ||
        (one.screen === 'write' && one.medium !== 'paper'),
    );
    if (there(view)) return view;
    const stick = (view.screen === 'share-in' ? from : to)[nameIn(view)];
    if (stick === undefined) await room.say({ type: 'another-copy', medium: 'paper' });
    else if (view.screen === 'share-in') {
      await room.say({ type: 'read', how: 'usb', volumeId: await room.stick(stick) });
    } else await room.say({ type: 'choose-volume', id: await room.stick(stick) });
  }
}

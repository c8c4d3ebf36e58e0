/**
 * The page on which a custodian or witness stops a change of trust or components. Whoever reads it
 * may know nothing of sync.
 * @module
 */
import type { ChangeObjectable } from '../flows/endings/objection-bundle.ts';
import { render } from './pages.ts';

export function changePage(about: ChangeObjectable): string {
  const { standing, sentence, until } = about;
  const facts = [
    ['Brought by', about.broughtBy],
    ['Brought on', about.broughtAt],
    ...(standing === 'open'
      ? [['Can be made from', until ?? 'not yet: two people must approve it first'] as const]
      : []),
    ['Reference', about.reference],
  ] as const;
  switch (standing) {
    case 'open':
      return render({
        title: 'Stop this change of the keys?',
        lines: [
          'Somebody brought a change of the keys that protect CheckTick’s surveys. Nothing is changed yet.',
          sentence,
          'If you took part and this is what was agreed, do nothing.',
          'If you know nothing of it, or something about it is wrong, press Stop. Nobody loses anything: if it was right after all, the people meet again.',
        ],
        facts,
        button: 'Stop the change',
        after: 'If all is as you know it, close this page. Nothing happens then.',
      });
    case 'stopped':
      return render({
        title: 'The change is stopped',
        lines: [
          'Nothing was changed, and it can never be made any more. You can close this page.',
          'Please call your administrators, tell them why it had to be stopped, and give them the reference below.',
        ],
        facts,
      });
    case 'too-late':
      return render({
        title: 'It is too late to stop this here',
        lines: [
          'The change has been made, or is being written at this moment, so this page cannot stop it.',
          sentence,
          'If you know nothing of it, call your administrators now and give them the reference below.',
        ],
        facts,
      });
  }
}

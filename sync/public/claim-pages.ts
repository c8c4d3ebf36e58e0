/**
 * The pages behind the link with which a user sets the password of his recovered survey.
 * @module
 */
import type { Claimable } from '../flows/claims/look.ts';
import { LEAST_CHARACTERS } from '../flows/claims/password.ts';
import type { Refusal } from '../../shared/refusal.ts';
import { eta, nothingHere, render } from './pages.ts';

eta.loadTemplate(
  '@fault',
  `<div class="fault" role="alert">
<p><strong><%= it.happened %></strong></p>
<p><%= it.means %></p>
<p><%= it.next %></p>
</div>
`,
);
eta.loadTemplate(
  '@claim',
  `<form method="post" autocomplete="off">
<% for (const field of it.fields) { %><label for="<%= field.name %>"><%= field.label %></label>
<p class="hint" id="<%= field.name %>-hint"><%= field.hint %></p>
<input id="<%= field.name %>" name="<%= field.name %>" type="<%= field.type %>" autocomplete="<%= field.complete %>" maxlength="<%= field.most %>" value="<%= field.value %>" aria-describedby="<%= field.name %>-hint" autocapitalize="off" spellcheck="false" required<% if (field.wrong) { %> aria-invalid="true"<% } %><% if (field.first) { %> autofocus<% } %>>
<% } %><button class="go" type="submit">Set the new password</button>
</form>
<p>After that only this password opens the survey. Your old password and your old recovery phrase no longer open it; the new password stands in place of both.</p>
<p>Nobody can show it to you again. Keep it in a password manager, or written down where only you find it.</p>
`,
);

const HINTS = {
  code: 'Twelve letters and digits that an administrator reads to you, by telephone or in person. It is in no mail.',
  password: `At least ${LEAST_CHARACTERS} characters, for example four words that have nothing to do with each other. Capital letters and extra spaces make no difference: CheckTick does not tell them apart.`,
  again: 'The same once more, so that no slip locks you out.',
} as const;

/** Beside what is wrong: the code that was typed, so that nobody types it twice for a short password. */
export interface Tried {
  readonly refusal: Refusal;
  readonly code: string;
}

function formOf(tried: Tried | undefined): string {
  const wrong = tried === undefined ? null : wrongField(tried.refusal.code);
  const field = (name: keyof typeof HINTS, label: string, type: string, complete: string) => ({
    name,
    label,
    type,
    complete,
    hint: HINTS[name],
    most: name === 'code' ? 40 : 200,
    value: name === 'code' && wrong !== 'code' ? (tried?.code ?? '') : '',
    wrong: name === wrong,
    first: name === wrong,
  });
  return eta.render('@claim', {
    fields: [
      field('code', 'Code', 'text', 'one-time-code'),
      field('password', 'New password', 'password', 'new-password'),
      field('again', 'New password again', 'password', 'new-password'),
    ],
  });
}

function wrongField(code: string): keyof typeof HINTS | null {
  if (code === 'password-differs') return 'again';
  if (code.startsWith('password-')) return 'password';
  return code.startsWith('claim-code-') ? 'code' : null;
}

type Known = Exclude<Claimable, { state: 'none' }>;

const factsOf = ({ survey, code }: Known): (readonly [string, string])[] => [
  ['Survey', survey],
  ['Request', code],
];

const GONE = [
  'The key that waited for you is destroyed, so that nobody else can use it. The survey and its data are still there, but nothing opens them now.',
  'To get in, call your administrators and ask for a new recovery. Give them the request below.',
];

function openPage(claim: Known, tried: Tried | undefined): string {
  const title = 'Set your new password';
  const fault = tried === undefined ? '' : eta.render('@fault', { ...tried.refusal.sentences });
  const facts = [...factsOf(claim), ['Can be done until', claim.until] as const];
  const tab = tried === undefined ? title : `Not set yet: ${title}`;
  if (claim.spoken === 'good') {
    return render({
      title,
      tab,
      fault,
      lines: ['Your survey has been recovered. Set a password of your own to get in again.'],
      facts,
      form: formOf(tried),
    });
  }
  return render({
    title,
    tab,
    fault,
    lines: [
      claim.spoken === 'none'
        ? 'Your survey has been recovered. To set a password of your own you need a code, and nobody has made one yet.'
        : 'A wrong code was typed five times, so the code has ended. You need a new one. If it was not you who typed, tell your administrators.',
      'Call your administrators now. They make a code and read it to you. Then open this page again.',
    ],
    facts,
  });
}

/** @returns status and page; `tried` when what was sent was refused */
export function claimPage(
  claim: Claimable,
  tried?: Tried,
): { readonly status: number; readonly html: string } {
  if (claim.state === 'none') return { status: 404, html: nothingHere() };
  const facts = factsOf(claim);
  switch (claim.state) {
    case 'open':
      return { status: tried === undefined ? 200 : 422, html: openPage(claim, tried) };
    case 'unfinished':
      return {
        status: 409,
        html: render({
          title: 'Not ready yet',
          lines: ['The recovery is just being finished. Open this page again in a minute.'],
          facts,
        }),
      };
    case 'set':
      return {
        status: 200,
        html: render({
          title: 'Your new password is set',
          lines: [
            'Sign in to CheckTick as always, and open the survey with the new password. You can close this page.',
            'Only you know it. If it is ever lost, a recovery has to be asked for again. If it was not you who set it, call your administrators now.',
          ],
          facts: [...facts, ['Set on', claim.at ?? '']],
        }),
      };
    case 'over':
      return {
        status: 410,
        html: render({
          title: 'The time to set a password is over',
          lines: [`It ended on ${claim.until}.`, ...GONE],
          facts,
        }),
      };
    case 'ended':
      return {
        status: 410,
        html: render({
          title: 'This link was ended by an administrator',
          lines: GONE,
          facts,
        }),
      };
    case 'changed':
      return {
        status: 409,
        html: render({
          title: 'This cannot be done with this link any more',
          lines: [
            'The survey was given another key since the recovery, so there is nothing here to set a password for. Nothing was changed.',
            'Call your administrators and give them the request below.',
          ],
          facts,
        }),
      };
  }
}

/**
 * The pages of the public listener. Eta escapes whatever `<%=` puts in.
 * @module
 */
import { createHash } from 'node:crypto';
import { Eta } from 'eta';
import { Refusal } from '../../shared/refusal.ts';
import type { RecoveryObjectable } from '../flows/endings/objection.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#767d85;--act:#a31621;--on:#fff;--go:#0b4f8a;--on-go:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#eceff2;--paper:#15181c;--line:#9aa2ab;--act:#ffb3b0;--on:#3b0508;--go:#9ecbff;--on-go:#04203c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.6 system-ui,sans-serif}
main{max-width:36rem;margin:0 auto;padding:2rem 1.25rem;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}
dl{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1.5rem 0}
dt{font-size:1rem}dd{margin:0 0 .75rem;font-weight:600}dd:last-child{margin:0}
button{font:inherit;font-weight:600;min-height:3rem;width:100%;padding:.5rem 1.5rem;border:0;border-radius:.5rem;background:var(--act);color:var(--on);cursor:pointer}
button.go{background:var(--go);color:var(--on-go);margin-top:1.5rem}
button:focus-visible,input:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
label{display:block;font-weight:600;margin-top:1.5rem}
.hint{font-size:1rem;margin:.25rem 0 .5rem}
input{font:inherit;width:100%;min-height:3rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--paper);color:var(--ink)}
input[name=code]{font-family:ui-monospace,monospace;text-transform:uppercase}
input[aria-invalid]{border:3px solid var(--act)}
.fault{border:2px solid var(--act);border-left-width:.5rem;border-radius:.5rem;padding:.25rem 1rem;margin:1.5rem 0}
.fault p{margin:.5rem 0}
@media(min-width:40rem){main{padding-top:4rem}button{width:auto}}
`;

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/** SECURITY: nothing is loaded or run, nothing frames the page, the form goes back here only. */
export const CSP = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export const eta = new Eta({ autoEscape: true });
eta.loadTemplate(
  '@page',
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title><%= it.tab ?? it.title %> · CheckTick recovery</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1><%= it.title %></h1>
<%~ it.fault %><% for (const line of it.lines) { %><p><%= line %></p>
<% } %><% if (it.facts.length > 0) { %><dl>
<% for (const [name, value] of it.facts) { %><dt><%= name %></dt><dd><%= value %></dd>
<% } %></dl>
<% } %><% if (it.button !== null) { %><form method="post">
<button type="submit"><%= it.button %></button>
</form>
<p><%= it.after %></p>
<% } %><%~ it.form %></main>
</body>
</html>
`,
);

export interface Page {
  readonly title: string;
  readonly lines: readonly string[];
  readonly facts?: readonly (readonly [string, string])[];
  readonly button?: string;
  readonly after?: string;
  /** Of the browser's tab, where it differs. */
  readonly tab?: string;
  /** Markup from a template of this folder: above the text, and below all. */
  readonly fault?: string;
  readonly form?: string;
}

export function render(page: Page): string {
  return eta.render('@page', { facts: [], button: null, after: '', fault: '', form: '', ...page });
}

/** The one page for every link that is unknown, used or expired. */
export const nothingHere = (): string =>
  render({
    title: 'This link does not work any more',
    lines: [
      'It was used before, its time is over, or it was not copied whole.',
      'If you wanted to stop something and have not seen the words “is stopped”, or to set a password and have not seen “Your new password is set”, take the newest mail and open its link, or call your administrators.',
    ],
  });

/** Whether a page may say that a form which ended so changed nothing. */
export const changedNothing = (cause: unknown): boolean =>
  cause instanceof Refusal && cause.code !== 'database-outcome-unknown';

/** @param what in one sentence */
export const cannotNow = (what: string): string =>
  render({
    title: 'This did not work',
    lines: [
      what,
      'Nothing was changed. Please try again in a minute, or call your administrators.',
    ],
  });

export function objectionPage(about: RecoveryObjectable): string {
  const facts = [
    ['Survey', about.survey],
    ['Request', about.code],
    ['Asked for on', about.askedAt],
    ...(about.state === 'open' && about.until !== null
      ? [['Can be opened from', about.until] as const]
      : []),
  ] as const;
  switch (about.state) {
    case 'open':
      return render({
        title: 'Stop this recovery?',
        lines: [
          'Somebody asked to open this survey for you. It is not open yet.',
          'If you did not ask for this, press Stop: nothing will be opened.',
        ],
        facts,
        button: 'Stop the recovery',
        after: 'If you did ask for it, close this page. Nothing happens then.',
      });
    case 'stopped':
      return render({
        title: 'The recovery is stopped',
        lines: [
          'Nothing was opened, and nothing was changed. You can close this page.',
          'If you did not ask for the recovery, tell your administrators that somebody did.',
        ],
        facts,
      });
    case 'too-late':
      return render({
        title: 'It is too late to stop this here',
        lines: [
          'The survey has been recovered, so this page cannot stop it.',
          'If you did not ask for it, call your administrators now and give them the request below.',
        ],
        facts,
      });
  }
}

/**
 * Home while there is no ceremony, else the screen of its state.
 * @module
 */
import type { FC } from 'react';
import type { View } from '../shared/ceremony/view.ts';
import { Shell } from './components/Shell.tsx';
import { Continue } from './home/Continue.tsx';
import { Home } from './home/Home.tsx';
import { Prepare } from './home/Prepare.tsx';
import { MakeAdoptTicket, MakeTicket } from './home/Ticket.tsx';
import { WhichChange } from './home/WhichChange.tsx';
import { WhoOpens } from './home/WhoOpens.tsx';
import { useStore } from './lib/store.ts';
import { screens } from './screens/screens.ts';

export function App() {
  const { loaded, view, home, page } = useStore();
  if (!loaded) return null;
  if (view !== null) {
    return (
      <Shell view={view}>
        <Screen key={screenKey(view)} view={view} />
      </Shell>
    );
  }
  if (home === null) return <p aria-live="polite">Reading what happened before.</p>;
  const { application, productionRefused, trustedSyncs } = home;
  const refused = productionRefused !== null;
  switch (page) {
    case 'home':
      return <Home home={home} />;
    case 'prepare':
      return <Prepare application={application} refused={refused} />;
    case 'ticket':
      return <MakeTicket kind="recover" application={application} refused={refused} />;
    case 'rotate-ticket':
      return <MakeTicket kind="rotate-shares" application={application} refused={refused} />;
    case 'version-ticket':
      return <MakeTicket kind="new-version" application={application} refused={refused} />;
    case 'drill-ticket':
      return <MakeTicket kind="drill" application={application} refused={refused} />;
    case 'move-ticket':
      return <MakeTicket kind="migrate-escrows" application={application} refused={refused} />;
    case 'which-change':
      return <WhichChange application={application} />;
    case 'who-opens':
      return <WhoOpens home={home} />;
    case 'adopt-ticket':
      return <MakeAdoptTicket application={application} refused={refused} trusted={trustedSyncs} />;
    case 'continue':
      return <Continue application={application} refused={refused} />;
  }
}

/** The record of screens maps each name to a component for that very name. */
function Screen({ view }: { view: View }) {
  const Component = screens[view.screen] as FC<{ view: View }>;
  return <Component view={view} />;
}

/** SECURITY: another person at the laptop gets fresh components: no field keeps a word. */
function screenKey({ screen, turn }: View): string {
  return `${screen}/${turn?.role ?? ''}/${turn?.index ?? ''}/${turn?.name ?? ''}`;
}

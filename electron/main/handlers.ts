/**
 * Which channel calls what of the ceremony host.
 * @module
 */
import type { CeremonyHost } from './host/ports.ts';
import type { Handlers } from './ipc.ts';

export function handlersOf(host: CeremonyHost): Handlers {
  const done = async (work: Promise<void>) => {
    await work;
    return null;
  };
  return {
    'home:get': () => host.home(),
    'ceremony:start': ({ ceremony, mode, about }) => done(host.start(ceremony, mode, about)),
    'ceremony:resume': ({ ceremonyId }) => done(host.resume(ceremonyId)),
    'ceremony:view': () => Promise.resolve(host.view()),
    'ceremony:dispatch': (event) => done(host.dispatch(event)),
    'ceremony:leave': () => done(host.leave()),
    'volumes:list': ({ mode }) => host.volumes(mode),
    'printers:list': ({ mode }) => host.printers(mode),
    'documents:find': (query) => host.findDocuments(query),
    'chain:open': (input) => host.openChain(input),
    'chain:trust': (input) => host.trustChain(input),
    'ticket:make': (input) => host.makeTicket(input),
    'plan:save': (input) => host.savePlan(input),
    'plan:print': (input) => host.printPlan(input),
    'plan:open': (input) => host.openPlan(input),
    'calendar:save': (input) => host.saveCalendar(input),
    'unseal-keys:say': (input) => host.sayUnsealKeys(input),
    'log:export': (input) => host.exportLog(input),
  };
}

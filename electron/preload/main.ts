/**
 * The bridge of the app's window: channel names, nothing else. One sandboxed CommonJS file.
 * @module
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { View } from '../../shared/ceremony/view.ts';
import type { Answer, Bridge, Channel, Input, Output } from '../../shared/ipc/contract.ts';

/** The type makes a missing or a foreign name a compile error. */
const CHANNELS: Readonly<Record<Channel, true>> = {
  'home:get': true,
  'ceremony:start': true,
  'ceremony:resume': true,
  'ceremony:view': true,
  'ceremony:dispatch': true,
  'ceremony:leave': true,
  'volumes:list': true,
  'printers:list': true,
  'documents:find': true,
  'chain:open': true,
  'chain:trust': true,
  'ticket:make': true,
  'plan:save': true,
  'plan:open': true,
  'plan:print': true,
  'calendar:save': true,
  'unseal-keys:say': true,
  'log:export': true,
};
const VIEW_CHANGED: typeof import('../../shared/ipc/contract.ts').VIEW_CHANGED = 'view:changed';

const bridge: Bridge = {
  call<C extends Channel>(channel: C, input: Input<C>): Promise<Answer<Output<C>>> {
    // SECURITY: the page cannot name a channel that is not the contract's.
    if (!Object.hasOwn(CHANNELS, channel)) return Promise.reject(new Error('No such channel.'));
    return ipcRenderer.invoke(channel, input) as Promise<Answer<Output<C>>>;
  },
  onView(listener) {
    const onChange = (_event: unknown, view: View | null) => listener(view);
    ipcRenderer.on(VIEW_CHANGED, onChange);
    return () => void ipcRenderer.off(VIEW_CHANGED, onChange);
  },
};

contextBridge.exposeInMainWorld('conclave', bridge);

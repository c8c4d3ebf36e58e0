/**
 * The preload of an entry window: passes exactly one message port to the page, and offers it
 * nothing of Electron.
 * @module
 */
import { ipcRenderer } from 'electron';

ipcRenderer.once('entry:port', (event) => {
  // SECURITY: to this page's own origin only.
  window.postMessage('entry:port', window.location.origin, event.ports);
});

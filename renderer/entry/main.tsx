/**
 * An entry window: words, passphrase, camera, lines, file. It is destroyed at the hand-over.
 * @module
 */
import { createRoot } from 'react-dom/client';
import '../../ui/fonts.ts';
import { EntryApp } from './EntryApp.tsx';
import { connect } from './link.ts';

connect();
const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');
createRoot(root).render(<EntryApp />);

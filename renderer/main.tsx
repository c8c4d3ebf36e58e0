/**
 * The window of the app.
 * @module
 */
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import '../ui/fonts.ts';
import { connect } from './lib/store.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');
createRoot(root).render(<App />);
void connect();

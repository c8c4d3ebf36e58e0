// The same from source, through tsx, where no test run has built it.
import { register } from 'tsx/esm/api';

register();
await import('./sync-entry.ts');

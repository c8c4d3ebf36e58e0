// `npm run rehearse`: the whole main job without a window, in rehearsal mode.
import { pathToFileURL } from 'node:url';
import { launch } from './lib/launch.mjs';
import { main, typescript } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** Gets ready and runs it; returns its exit code. */
export async function rehearse(args) {
  await setup();
  return launch(typescript('scripts/rehearse/main.ts', args));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => rehearse(process.argv.slice(2)));
}

// `npm run -s verify -- FILE`: the auditor's check of a transcript, bundle or receipt.
import { launch } from './lib/launch.mjs';
import { main, typescript } from './lib/run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup();
  return launch(typescript('scripts/verify/main.ts', process.argv.slice(2)));
});

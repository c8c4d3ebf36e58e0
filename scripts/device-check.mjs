// `npm run device-check`: which YubiKeys this computer sees, and whether they answer.
import { launch } from './lib/launch.mjs';
import { main, typescript } from './lib/run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup({ keys: true });
  return launch(typescript('scripts/device-check/main.ts', process.argv.slice(2)));
});

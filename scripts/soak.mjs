// `npm run soak`: sync for hours, under storms and outages, on the same servers as the tests.
import { launch } from './lib/launch.mjs';
import { main, typescript } from './lib/run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup({ tests: true });
  return launch(typescript('test/soak/main.ts', process.argv.slice(2)));
});

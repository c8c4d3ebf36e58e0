// `npm run bench`: measures side by side, on the same servers as the tests and in the real window.
import { build } from './lib/build.mjs';
import { hasDisplay, inDisplay } from './lib/display.mjs';
import { launch } from './lib/launch.mjs';
import { main, typescript } from './lib/run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup({ app: true, display: !hasDisplay(), tests: true });
  build();
  return launch(inDisplay(typescript('test/bench/main.ts', process.argv.slice(2))));
});

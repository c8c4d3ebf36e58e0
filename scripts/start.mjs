// `npm start`: gets everything ready, builds what is stale, opens the app. Without a display it
// says so and runs the rehearsal instead.
import { electronPath, launchArgs } from './electron.mjs';
import { build } from './lib/build.mjs';
import { root } from './lib/cache.mjs';
import { hasDisplay } from './lib/display.mjs';
import { launch } from './lib/launch.mjs';
import { main, say } from './lib/run.mjs';
import { rehearse } from './rehearse.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  if (!hasDisplay()) {
    say('No display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.');
    say('Running the rehearsal instead: the whole main job, without a window.');
    return rehearse([]);
  }
  const electron = await setup({ app: true });
  build();
  if (!electron.supported) {
    say(`This is Electron ${electron.version}: for rehearsals. Real ceremonies are refused in it.`);
  }
  return launch([electronPath(), launchArgs(root, process.argv.slice(2))]);
});

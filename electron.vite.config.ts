import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import path from 'node:path';

// One build serves the supported Electron and the older one of scripts/electron22: main, worker
// and preloads as CommonJS (ESM main came with Electron 28), compiled down to Node 16 and
// Chrome 108. All dependencies are bundled, but for what is fetched by `createRequire`: WebAssembly,
// fonts, and node-hid, which is native.
const here = (file: string): string => path.resolve(import.meta.dirname, file);
const node = 'node16.17';

export default defineConfig({
  main: {
    build: {
      target: node,
      externalizeDeps: false,
      outDir: here('out/main'),
      rolldownOptions: {
        input: {
          index: here('electron/main/index.ts'),
          worker: here('electron/worker/index.ts'),
        },
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: 'chunks/[name]-[hash].cjs',
          // A real `import()` of a native module fails from inside an asar archive.
          dynamicImportInCjs: false,
        },
      },
    },
  },
  preload: {
    build: {
      target: node,
      externalizeDeps: false,
      // A sandboxed preload is one file: it may require nothing of its own.
      isolatedEntries: true,
      outDir: here('out/preload'),
      rolldownOptions: {
        input: {
          main: here('electron/preload/main.ts'),
          entry: here('electron/preload/entry.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('renderer'),
    plugins: [react()],
    // Without targets of its own it would lower nesting only, and keep oklch() as it is.
    css: {
      transformer: 'lightningcss',
      // Renamed areas miss a grid-template that holds a var(): it is not parsed.
      lightningcss: { targets: { chrome: 108 << 16 }, cssModules: { grid: false } },
    },
    build: {
      target: 'chrome108',
      outDir: here('out/renderer'),
      emptyOutDir: true,
      // Inlined assets would be data: addresses, which the content security policy refuses.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: { index: here('renderer/index.html'), entry: here('renderer/entry.html') },
      },
    },
  },
});

import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Icons are drawn by a part of ours: the library's takes as long as all else of a message. */
const ownIcon: Plugin = {
  name: 'own-icon',
  enforce: 'pre',
  resolveId(source, importer = '') {
    if (source === '../Icon.svelte' && importer.includes('@lucide/svelte'))
      return fileURLToPath(new URL('./src/parts/Icon.svelte', import.meta.url));
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [
    ownIcon,
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['globalVariable', 'baseLocale'],
    }),
    svelte(),
    ...(mode === 'test' ? [svelteTesting()] : []),
  ],
  resolve: { alias: { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) } },
  build: {
    // WebKit is the engine on Linux and macOS; `light-dark()` stays as it is.
    target: 'safari16',
    cssTarget: 'safari18',
    // The page's rules allow no inline script, and every engine we run on preloads by itself.
    modulePreload: { polyfill: false },
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        // What the first frame needs is one file, not a dozen that were shared out.
        codeSplitting: { groups: [{ name: 'start', test: /\/src\/main\.ts$/ }] },
      },
    },
  },
  server: { port: 5174, strictPort: true },
  clearScreen: false,
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./src/page/test-setup.ts'],
    // A whole page in each test, on a machine that may be busy.
    testTimeout: 30_000,
  },
}));

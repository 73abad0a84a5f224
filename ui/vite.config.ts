import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [
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

import { defineConfig } from 'vitest/config';

// The engine's Content-Security-Policy allows files of its own only: nothing may be inlined into index.html or the CSS
// but small pictures.
export default defineConfig({
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8089', ws: true } } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});

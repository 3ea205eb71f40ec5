import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const platform = 'http://127.0.0.1:4600';

export default defineConfig({
  plugins: [react()],
  // Any address can serve the page, also below a path.
  base: './',
  build: {
    target: 'es2022',
    // The page runs under `default-src 'self'`, which refuses data: addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: platform, ws: true }, '/health': platform } },
});

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

declare const process: { env: Record<string, string | undefined> };

const apiUrl = process.env['API_URL'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['@opmas/source', 'module', 'browser', 'development|production'] },
  server: {
    port: Number(process.env['UI_PORT'] ?? 3000),
    proxy: { '/api': { target: apiUrl, ws: true } },
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
  },
});

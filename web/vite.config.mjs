import { defineConfig } from 'vite'
import vue from '@vitejs/plugin-vue'

// The API of a running server, or of the mock in dev/, while developing.
const api = process.env.JIXIA_URL ?? 'http://127.0.0.1:8817'

export default defineConfig({
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
  build: {
    target: 'chrome92', cssTarget: 'chrome92', modulePreload: { polyfill: false },
    assetsInlineLimit: 0, chunkSizeWarningLimit: 1200,
    // The editor of models is a page of its own, see src/dmn/main.ts.
    rollupOptions: { input: ['index.html', 'dmn.html'] },
  },
  server: { proxy: { '/api': api } },
})

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { digits } from './digits.config.js'

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the built page works in any folder of a server.
  base: './',
  // The quickstart's networks: well/model.json and bad/model.json.
  publicDir: fileURLToPath(new URL('../quickstart/models', import.meta.url)),
  plugins: [digits()],
  worker: { format: 'es', plugins: () => [digits()] },
  build: { target: 'es2023', chunkSizeWarningLimit: 4000 },
  server: { host: '127.0.0.1' },
})

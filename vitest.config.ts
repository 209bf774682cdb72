import { defineConfig } from 'vitest/config'

// A package's tests see its own sources and the other packages as built.
export default defineConfig({
  test: {
    include: ['{packages,plugins,examples}/*/src/**/*.test.ts', 'examples/*/*.test.ts', 'scripts/*.test.ts', 'tools/reference/*.test.ts'],
    environment: 'node',
    setupFiles: ['./scripts/vitest-setup.ts'],
    testTimeout: 60_000,
    reporters: ['default', './scripts/closing-line.ts'],
  },
})

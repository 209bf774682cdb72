import { defineConfig } from 'vitest/config'

// A package's tests see its own sources and the other packages as built.
export default defineConfig({
  test: {
    include: ['{packages,plugins,examples}/*/src/**/*.test.ts', 'examples/*/*.test.ts', 'scripts/*.test.ts', 'tools/reference/*.test.ts'],
    environment: 'node',
    setupFiles: ['./scripts/vitest-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // As many as there are cores: many tests wait for processes that they started.
    maxWorkers: '100%',
    reporters: ['default', './scripts/closing-line.ts'],
  },
})

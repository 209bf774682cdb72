// Runs on another backend the tests that hold on any: kernels and gradients against references, networks, methods, samplers and metrics.
//   npm run test:backend -- tfjs-node [tests]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [backend, ...given] = process.argv.slice(2)
if (backend === undefined || backend.startsWith('-')) {
  console.error('test-backend: expected the name of a backend: npm run test:backend -- tfjs-node')
  process.exit(2)
}
const methods = ['attribution-attacks', 'deeplift', 'fidelity', 'gradients', 'greedyas', 'ig', 'lrp', 'osr-gan', 'perturbation', 'robust-training', 'robustness-sr', 'sensitivity']
const tests = given.length > 0 ? given : ['packages/tensor/', 'packages/network/', 'packages/testkit/', ...methods.map((name) => `plugins/${name}/`), 'scripts/contracts.test.ts']
/** About the wasm backend itself: how it starts, its heap, its kernels' rows and sums to the last bit. */
const aboutWasm = ['engine*', 'heap-end', 'heap-values', 'derived', 'rows', 'in-one-pass'].map((name) => `--exclude=packages/tensor/src/**/${name}.test.ts`)
/** Promises that only our own kernels keep: the same bits for a row in any company, sums in order, and what comes of the same steps being taken. Or a backend of their own. */
const ofOwnKernels = [
  'are summed in order', 'keeps its precision', 'to the last bit', 'the same for a row alone', 'a row the same map alone', 'depend on their row alone', 'depends on itself alone',
  'pay for no row that is there', 'the same for any batchRows', 'players that do not fit into memory', 'generator and level set give values', 'held, the features chosen greedily', 'adam steps as that of',
]
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...tests, ...aboutWasm, '--testNamePattern', `^(?!.*(${ofOwnKernels.join('|')}))`], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, TOUCHSTONE_BACKEND: backend },
  stdio: 'inherit',
})
process.exit(status ?? 1)

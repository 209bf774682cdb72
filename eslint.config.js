import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Packages that stand below others: each may import only what stands to its right-hand side. Dependencies point one way. */
const mayImport = {
  'packages/core': [],
  'packages/tensor': ['core'],
  'packages/network': ['core', 'tensor'],
  'packages/evaluation': ['core'],
  'packages/report': ['core', 'evaluation'],
  'packages/cli': ['core', 'evaluation', 'report', 'testkit'],
  'packages/create-plugin': [],
  'packages/testkit': ['core', 'tensor', 'network'],
  // No plugin imports another plugin: what two share moves down.
  'plugins/*': ['core', 'tensor', 'network'],
  // Its workers open the work of an evaluation.
  'plugins/bullmq': ['core', 'evaluation'],
}

const direction = Object.entries(mayImport).map(([folder, allowed]) => ({
  files: [`${folder}/src/**/*.ts`],
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: folder === 'packages/core' ? [] : ['tsyringe', '#tsyringe'],
        patterns: [
          { regex: `^@touchstone/(?!(${[...allowed, '-'].join('|')})(/|$))`, message: `${folder} may import only: ${allowed.join(', ') || 'no other package'}.` },
          ...(folder === 'packages/tensor' ? [] : [{ regex: '^@tensorflow/', message: 'Import tf from @touchstone/tensor, the one door to TensorFlow.js.' }]),
        ],
      },
    ],
  },
}))

const shells = [
  { selector: "ImportDeclaration[source.value='node:child_process'] ImportSpecifier[imported.name=/^exec(Sync)?$/]", message: 'A shell would read the text: use spawn or execFile with a list of arguments.' },
  { selector: "CallExpression[callee.name=/^(spawn|execFile)(Sync)?$/] Property[key.name='shell']", message: 'A shell would read the text: give a list of arguments.' },
]

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**', 'touchstone-runs/**', 'docs/.site/**', '.tools/**', 'packages/*/assembly/**', 'packages/create-plugin/templates/**', '**/*.config.ts', '**/*.config.js', '**/*.mjs', 'scripts/**', 'tools/**', '**/bin/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in messages are wanted and safe.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Indexing typed arrays inside their bounds is what this project does all day.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `ArrayLike` cannot be iterated, and kernels count.
      '@typescript-eslint/prefer-for-of': 'off',
      // `{}` is the type of "no options".
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Models, data and results are data: nothing of them becomes code, or a line for a shell. (`new Function` is refused by no-implied-eval.)
      'no-eval': 'error',
      'no-restricted-syntax': ['error', ...shells],
    },
  },
  {
    // Tests run where values can be read at once, and so do helpers that are there for tests alone.
    files: ['packages/*/src/**/*.ts', 'plugins/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.test.data.ts', '**/testing/**', 'packages/testkit/src/graphs/values.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...shells,
        { selector: 'MemberExpression[property.name=/^(data|array|buffer)Sync$/]', message: 'It holds everything up on a graphics card and fails on WebGPU in Node: use await tensor.data(), or heapValues where only wasm computes.' },
      ],
    },
  },
  ...direction,
  { files: ['packages/core/src/**/*.ts'], ignores: ['packages/core/src/host.ts'], rules: { 'no-restricted-imports': ['error', { paths: ['tsyringe', '#tsyringe'], patterns: ['node:*', '@tensorflow/*', '@touchstone/*'] }] } },
)

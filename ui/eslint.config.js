import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/**
 * The rooms of the page, and what the other rooms may use of each. `page` holds
 * them all, so it may use all of them.
 */
const rooms = {
  page: ['appState.svelte'],
  sidebar: [],
  transcript: ['thread.svelte', 'carry'],
  composer: ['Attachments.svelte', 'pasting'],
  models: ['ModelPicker.svelte', 'ModelMenu.svelte'],
  parameters: ['Parameters.svelte'],
  presets: ['PresetList.svelte', 'PresetPicker.svelte', 'SaveAsPreset.svelte'],
  preview: ['Lightbox.svelte'],
  errors: ['ErrorBox.svelte', 'ErrorSteps.svelte', 'Guard.svelte'],
  settings: [],
};

const tauri = {
  group: ['@tauri-apps/*'],
  message: 'Only src/lib/ipc/tauri.ts talks to the shell.',
};
const fake = {
  group: ['**/ipc/fake', '**/ipc/fake/**'],
  message: 'The fake is for tests and for main.ts.',
};

/** No module in a folder may import what these patterns name, nor fetch it later. */
function layer(folder, ...patterns) {
  return {
    files: [`src/${folder}/**/*.{ts,svelte}`],
    ignores: ['**/*.test.ts', 'src/page/test-*.ts', 'src/lib/ipc/tauri.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [tauri, fake, ...patterns] }],
      'no-restricted-syntax': [
        'error',
        {
          // What is imported when it is needed escapes the rule above.
          selector: 'ImportExpression[source.value!=/^\\.\\/[^/]+$/]',
          message: 'Only what stands in the same folder is fetched when it is needed.',
        },
      ],
    },
  };
}

/** Nothing of these folders. */
function nothingOf(folders, message) {
  return { group: folders.map((folder) => `**/${folder}/**`), message };
}

const names = Object.keys(rooms);

export default ts.config(
  {
    ignores: [
      'dist',
      'dist-fake',
      'node_modules',
      'project.inlang/cache',
      'src/lib/paraglide',
      'src/lib/ipc/contract',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // TypeScript knows the names.
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      // The only door to the shell is src/lib/ipc/tauri.ts.
      'no-restricted-imports': ['error', { patterns: [tauri] }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      // What is no state of the screen is a plain Map, Set or Date on purpose.
      'svelte/prefer-svelte-reactivity': 'off',
      // HTML comes from Rust and goes in through src/lib/blocks.ts alone.
      'svelte/no-at-html-tags': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  layer(
    'lib',
    nothingOf([...names, 'parts', 'words'], 'What is in lib/ knows nothing of the page.'),
  ),
  layer('words', nothingOf([...names, 'parts'], 'Words know no room and no part.')),
  layer('parts', nothingOf(names, 'A part knows no room.')),
  ...names
    .filter((name) => name !== 'page')
    .map((name) =>
      layer(
        name,
        ...names
          .filter((other) => other !== name)
          .map((other) => ({
            group: [`**/${other}/*`, ...rooms[other].map((door) => `!**/${other}/${door}`)],
            message: `Not for other rooms. Those of ${other}/ that are stand in eslint.config.js.`,
          })),
      ),
    ),
  {
    files: ['src/page/**/*.{ts,svelte}'],
    ignores: ['**/*.test.ts', 'src/page/test-*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [tauri, fake] }] },
  },
  { files: ['src/lib/ipc/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['*.config.{js,ts}'],
    languageOptions: { globals: { ...globals.node } },
  },
);

/** How the page is built: `visualizer/` becomes a static site that works in any folder of a server. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { UNUSED_KEYWORDS } from './visualizer/unused-keywords.ts';
import { charts } from './visualizer/views/statecharts/definitions.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Schemas are made by members of one default export, which no bundler looks into. As members of a
 * namespace those that nobody uses are left out: a third of the page.
 */
const shakableSchemas = (): Plugin => ({
  name: 'shakable-schemas',
  transform: (code, id) =>
    id.includes('node_modules')
      ? undefined
      : code.replace(
          /^import Type(?:, \{[^}]*\})? from (['"]typebox['"])/m,
          'import * as Type from $1',
        ),
});

/** What schemas say of themselves is for the published files; the page checks by them alone. */
const silentSchemas = (): Plugin => {
  const text = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;
  return {
    name: 'silent-schemas',
    transform: (code, id) => {
      if (!/\/protocol\/[\w-]+\.ts$/.test(id)) return undefined;
      // Some are made by functions, which are handed what is to be said.
      const makers = [...code.matchAll(/^const (\w+) = \(description\b/gm)].map(
        ([, name]) => name ?? '',
      );
      return makers.reduce<string>(
        (silenced, maker) =>
          silenced.replace(new RegExp(`\\b${maker}\\(\\s*${text}`, 'g'), `${maker}(''`),
        code.replace(new RegExp(`\\b(?:description|title):\\s*${text},?`, 'g'), ''),
      );
    },
  };
};

/** No schema of ours names a format (a test sees to it), and those that there are would be a tenth of the checks. */
const noFormats = (): Plugin => ({
  name: 'no-formats',
  transform: (_, id) =>
    id.endsWith('/typebox/build/format/index.mjs')
      ? 'export const Format = { Has: () => false, Test: () => true };'
      : undefined,
});

/** Nor has one these keywords (a test sees to it): nothing checks them, and nothing is said of them. */
const noUnusedKeywords = (): Plugin => ({
  name: 'no-unused-keywords',
  transform: (code, id) => {
    if (id.endsWith('/typebox/build/system/locale/en_US.mjs')) {
      const unused = UNUSED_KEYWORDS.join('|');
      return code.replace(new RegExp(`^ *case '~?(?:${unused})': return .*;$`, 'gm'), '');
    }
    const [, keyword] = /\/typebox\/build\/schema\/engine\/_?(\w+)\.mjs$/.exec(id) ?? [];
    if (!UNUSED_KEYWORDS.some((unused) => unused === keyword)) return undefined;
    const names = [...code.matchAll(/^export function (\w+)\(/gm)].map(([, name]) => name);
    return names.map((name) => `export const ${name} = () => true;`).join('\n');
  },
});

/** To refuse cheaply is for those who can be flooded; the page refuses the same, by an exception. */
const unhurriedRefusals = (): Plugin => ({
  name: 'unhurried-refusals',
  transform: (_, id) =>
    id === at('protocol/json-text.ts') ? 'export const faultOfJson = () => undefined;' : undefined,
});

/** The page's streets tell vehicles apart, so nothing there makes them of counts; were that to change,
 *  each of its cities would say so. */
const noCounts = (): Plugin => ({
  name: 'no-counts',
  transform: (_, id) =>
    id === at('machines/lanes.ts')
      ? "export const trackLanes = () => { throw new Error('the page counts nobody'); };"
      : undefined,
});

const plugins = () => [
  shakableSchemas(),
  silentSchemas(),
  noFormats(),
  noUnusedKeywords(),
  unhurriedRefusals(),
  noCounts(),
];

/** To make a schema does nothing else, so one that nobody reads is left out as well. */
const rolldownOptions = {
  treeshake: { manualPureFunctions: ['Type'] },
  // Notices of licences stay.
  output: { comments: { legal: true, annotation: false, jsdoc: false } },
};

/** Charts come to the page as the JSON that they are, and not with the machines they are read from. */
const chartsAsJson = (): Plugin => ({
  name: 'charts-as-json',
  load: (id) =>
    id === at('visualizer/views/statecharts/definitions.ts')
      ? `export const charts = JSON.parse(${JSON.stringify(JSON.stringify(charts))});`
      : undefined,
});

export default defineConfig({
  root: at('visualizer'),
  base: './',
  // The page checks and never converts: the checks alone do.
  resolve: { alias: { 'typebox/compile': at('visualizer/checks.ts') } },
  plugins: [...plugins(), chartsAsJson()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', plugins, rolldownOptions },
  build: {
    outDir: at('dist/page'),
    emptyOutDir: true,
    target: 'es2023',
    // Nothing stands in the page itself, so that its policy may forbid what does.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions,
  },
});

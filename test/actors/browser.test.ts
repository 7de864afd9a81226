/** `createNode` runs in a page: it bundles for the browser without any module of Node. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, test } from 'vitest';

test('createNode bundles for the browser, with no module of Node in it', async () => {
  const warnings: string[] = [];
  const entry = fileURLToPath(new URL('../../actors/node.ts', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry, formats: ['es'], fileName: 'node' },
      rolldownOptions: { onwarn: ({ message }) => warnings.push(message) },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  const chunks = outputs.flatMap((one) => (one.type === 'chunk' ? [one] : []));
  expect(chunks).toHaveLength(1);
  const [{ code = '', imports = [], moduleIds = [] } = {}] = chunks;
  expect(code).toContain('createNode');
  expect(imports).toEqual([]);
  expect(code).not.toMatch(/from ["']node:|import\(["']node:|require\(["']/);
  expect(moduleIds.filter((id) => /browser-external|node:|\.node$/.test(id))).toEqual([]);
  expect(warnings.filter((message) => /external/i.test(message))).toEqual([]);
}, 20_000);

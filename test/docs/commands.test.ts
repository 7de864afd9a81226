/** The commands that pages name are there, with the options that pages give them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { commands } from '../../bin/commands.ts';
import { ROOT } from '../source-text.ts';

const inDocs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'CONTRIBUTING.md', ...inDocs.map((name) => join('docs', name))];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** What pages give as code, in a line or in a block, one command at a time. */
const codeIn = (page: string): string[] => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)];
  return [...blocks, ...inline.map(([, code = '']) => code)]
    .flatMap((code) => code.replaceAll('\\\n', ' ').split(/\n|&&|\|/))
    .map((line) => line.trim());
};

const optionsOf = (command: Command): Set<string> =>
  new Set([
    '--help',
    ...command.options.flatMap(({ long, short }) => [long ?? '', short ?? '']),
    ...command.commands.flatMap((inner) => [...optionsOf(inner)]),
  ]);

const isOurs = (script: string): boolean =>
  scripts[script]?.startsWith('node dist/bin/greenwave.js') ?? false;

const called = pages.flatMap((page) =>
  codeIn(page).flatMap((code) => {
    const [, name, rest = ''] =
      /^(?:\$ )?(?:npx )?greenwave ([a-z][a-z-]*)( .*)?$/.exec(code) ??
      /^npm run ([a-z][a-z-]*)(?: --( .*))?$/.exec(code) ??
      [];
    const isCommand = name !== undefined && (!code.startsWith('npm') || isOurs(name));
    return isCommand ? [{ page, code, name, rest }] : [];
  }),
);

test('each command is a script of npm as well, and the README names it', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const names = commands.map((command) => command.name());
  expect(names.filter((name) => !scripts[name]?.includes('dist/bin/greenwave.js '))).toEqual([]);
  expect(names.filter((name) => !readme.includes(`greenwave ${name}`))).toEqual([]);
});

test('each command that a page gives is there, with its options', () => {
  expect(called.length).toBeGreaterThan(50);
  const wrong = called.filter(({ name, rest }) => {
    const command = commands.find((one) => one.name() === name || one.aliases().includes(name));
    if (!command) return true;
    const known = optionsOf(command);
    const given = [...rest.matchAll(/(?<= )--[a-z][a-z-]*/g)].map(([option]) => option);
    return given.some((option) => !known.has(option));
  });
  expect(wrong.map(({ page, code }) => `${page}: ${code}`)).toEqual([]);
});

test('each script of npm that a page names is there', () => {
  const named = pages.flatMap((page) =>
    codeIn(page).flatMap((code) => {
      const name = /^npm run ([\w:-]+)/.exec(code)?.[1];
      return name === undefined ? [] : [{ page, name }];
    }),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ name }) => scripts[name] === undefined)).toEqual([]);
});

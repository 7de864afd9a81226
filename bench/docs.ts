/**
 * `npm run docs`: writes what docs/ takes from the code, between its marks: tables of messages and
 * commands from the schemas, charts from the machines. A test fails when they are stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { placeText, type Sentence, sentences } from '../conformance/sentences.ts';
import { concerns } from '../machines/node.ts';
import { commandTable } from '../protocol/command.ts';
import { messages } from '../protocol/event.ts';
import { messageTable } from '../protocol/message-table.ts';
import { contractDigest, discoveryDefault, lan, timingSchema } from '../protocol/timing.ts';
import { chartOf } from '../visualizer/views/statecharts/define.ts';
import { mermaidOf } from './mermaid.ts';
import { mutantReport } from './mutation/words.ts';
import { fieldsOf, typeOf } from './schema-words.ts';

/** From `bench/` and from `dist/bench/` alike. */
const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/dist\/$/, '');

const VIA = { all: 'multicast', one: 'TCP', both: 'multicast or TCP' };

const messageTables = (): string =>
  Object.entries(messages)
    .map(([type, { payload, scope }]) => {
      const { from, to, via, when, fields } = messageTable[type as keyof typeof messageTable];
      const words: Readonly<Record<string, string>> = fields;
      const rows = fieldsOf(payload).map(
        ({ name, isOptional, schema }) =>
          `| \`${name}\`${isOptional ? '?' : ''} | ${typeOf(schema, name)} | ${words[name] ?? ''} |`,
      );
      const head = [
        `### ${type}`,
        `${from} → ${to}; ${VIA[via]}; ${scope === 'open' ? 'any group' : 'own group'}.`,
        when,
      ];
      const table = rows.length > 0 ? ['| field | type | meaning |\n|---|---|---|', ...rows] : [];
      return [...head, table.join('\n') || 'No fields.'].join('\n\n');
    })
    .join('\n\n');

const commandTables = (): string =>
  [
    '| kind | fields |\n|---|---|',
    ...Object.entries(commandTable).map(([kind, schema]) => {
      const fields = fieldsOf(schema).map(
        ({ name, isOptional, schema: field }) =>
          `\`${name}\`${isOptional ? '?' : ''}: ${typeOf(field, name)}`,
      );
      return `| \`${kind}\` | ${fields.join('; ')} |`;
    }),
  ].join('\n');

const timingTable = (): string => {
  const defaults: Readonly<Record<string, number>> = lan();
  return [
    '| key | default | meaning |\n|---|---|---|',
    ...fieldsOf(timingSchema).map(
      ({ name, schema }) => `| \`${name}\` | ${defaults[name]} | ${schema.description ?? ''} |`,
    ),
  ].join('\n');
};

const contractExample = (): string => {
  const contract = { timing: lan(), discovery: discoveryDefault };
  return `\`\`\`json\n${JSON.stringify(contract, null, 2)}\n\`\`\`\n\nIts digest is \`${contractDigest(contract)}\`.`;
};

/** The first sentence of the file that a machine is in. */
const purposeOf = (concern: string): string => {
  const text = readFileSync(`${ROOT}machines/${concern}.ts`, 'utf8');
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  const words = comment
    .replace(/\s*\*\s?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return /^.*?[.:](?= |$)/.exec(words)?.[0].replace(/:$/, '.') ?? words;
};

const charts = (): string =>
  Object.entries(concerns)
    .map(([concern, machine]) =>
      [
        `## ${concern}`,
        `${purposeOf(concern)} [machines/${concern}.ts](../machines/${concern}.ts)`,
        mermaidOf(chartOf(concern, machine)),
      ].join('\n\n'),
    )
    .join('\n\n');

/** What a node is held to, in the order of the document. */
const conformanceTable = (): string =>
  [
    '| where | what |\n|---|---|',
    ...Object.values<Sentence>(sentences).map(
      (sentence) => `| ${placeText(sentence)} | ${sentence.says}. |`,
    ),
  ].join('\n');

const PARTS: Readonly<Record<string, () => string>> = {
  messages: messageTables,
  commands: commandTables,
  timing: timingTable,
  contract: contractExample,
  sentences: conformanceTable,
  charts,
  mutants: mutantReport,
};
export const GENERATED: readonly string[] = [
  'docs/PROTOCOL.md',
  'docs/machines.md',
  'docs/TESTS.md',
];

/** What a document is to say; `isTrue`, when it does. */
export const brought = (file: string): { readonly text: string; readonly isTrue: boolean } => {
  const was = readFileSync(`${ROOT}${file}`, 'utf8');
  const text = was.replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, part: string, end: string) => {
      const make = PARTS[part];
      if (!make) throw new Error(`${file} asks for ${part}, which nothing generates`);
      return `${begin}\n${make()}\n\n${end}`;
    },
  );
  return { text, isTrue: text === was };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of GENERATED) writeFileSync(`${ROOT}${file}`, brought(file).text);
}

/**
 * `greenwave schema`: writes the JSON Schemas of everything that crosses a border, for editors and
 * for programs in other languages.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import Type from 'typebox';
import { headerSchema } from '../protocol/codec.ts';
import { districtSchema } from '../protocol/district.ts';
import { type MessageType, messages } from '../protocol/event.ts';
import { journalSchema } from '../protocol/journal.ts';
import * as lampLine from '../protocol/lamp-line.ts';
import { messageTable } from '../protocol/message-table.ts';
import { planSchema } from '../protocol/plan.ts';
import { OperatorError } from './read-district.ts';

const descriptionOf = (type: MessageType, scope: string): string => {
  const { from, to, when } = messageTable[type];
  return `Scope: ${scope}. From ${from} to ${to}. ${when}`;
};

const messageSchema = Type.Union(
  Object.entries(messages).map(([type, { payload, scope }]) =>
    Type.Object(
      { ...headerSchema.properties, type: Type.Literal(type), payload },
      { title: type, description: descriptionOf(type as MessageType, scope) },
    ),
  ),
  { title: 'Greenwave message' },
);

/** File name and text of every published schema. */
export const schemaFiles = (): Map<string, string> => {
  const schemas: Record<string, object> = {
    district: districtSchema,
    plan: planSchema,
    message: messageSchema,
    journal: journalSchema,
    'lamp-line': Type.Union([lampLine.fromNodeSchema, lampLine.fromDriverSchema], {
      title: 'Line between a node and a lamp driver',
    }),
  };
  const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema' };
  return new Map(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}.json`,
      `${JSON.stringify({ ...dialect, ...schema }, null, 2)}\n`,
    ]),
  );
};

export const schemaCommand: Command = new Command('schema')
  .description('Write the JSON Schemas of district file, messages, journal and lamp lines')
  .option('-o, --output <dir>', 'folder to write to', 'protocol/schema')
  .option('--check', 'write nothing; fail when a file there says something else')
  .action(({ output, check }: { output: string; check?: true }) => {
    const stale: string[] = [];
    if (!check) mkdirSync(output, { recursive: true });
    for (const [name, text] of schemaFiles()) {
      const file = join(output, name);
      if (!check) writeFileSync(file, text);
      else if (readOr(file) !== text) stale.push(file);
    }
    if (stale.length > 0) {
      throw new OperatorError(`not up to date: ${stale.join(', ')}; run npm run schema`);
    }
  });

const readOr = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** The manual for real hosts knows everything that a node, a lamp driver or a status can complain of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callCommand } from '../../bin/call.ts';
import { clearCommand } from '../../bin/clear.ts';
import { contractCommand } from '../../bin/contract.ts';
import { inspectCommand } from '../../bin/inspect.ts';
import { keyCommand } from '../../bin/key.ts';
import { INSECURE } from '../../bin/keys.ts';
import { lampsCommand } from '../../bin/lamps.ts';
import { nodeCommand } from '../../bin/node.ts';
import { preemptCommand } from '../../bin/preempt.ts';
import { recoverCommand } from '../../bin/recover.ts';
import { statusCommand } from '../../bin/status.ts';
import { watchCommand } from '../../bin/watch.ts';
import { PROTOCOL_VERSION } from '../../protocol/codec.ts';
import { SEALED_TEXT, sealFaultText } from '../../protocol/seal.ts';
import { discoveryDefault } from '../../protocol/timing.ts';
import { ROOT, readFolder, type Source } from '../source-text.ts';
import { argumentsAt, textsIn } from './sayings.ts';

const manual = readFileSync(join(ROOT, 'docs/OPERATIONS.md'), 'utf8');
const said = manual.replace(/\s+/g, ' ');

/** What runs in a node or a lamp driver, and is not an operator's own command. */
const AT_THE_KERB = [
  ...['run-node', 'keys', 'level-store', 'inspect-stream', 'sensor-port', 'lamp-port', 'host'],
  ...['lives', 'tell', 'status', 'status-ear', 'store-operators'],
].map((name) => `bin/${name}.ts`);
const sources = [
  ...['actors', 'machines', 'transport', 'cabinet'].flatMap(readFolder),
  ...readFolder('bin').filter(({ path }) => AT_THE_KERB.includes(path)),
];

/** Calls by which somebody is told, reasons that are given, and what is put into words for people. */
const TELLING =
  /#?\b(?:trouble|troubled|tell|report|latchTo|drop|refuse|refused|fail|lose|miss|end)\(|\bpc\.(?:yellow|red)\(/g;
const REASONS =
  /(?<!['.])\b(?:reason|refused|detail)(?::| =)(?: \(\) =>)?(?=\s)|\breturn(?= [`'])/g;
/** Files whose returned texts are reasons. */
const GIVING_REASONS =
  /^(cabinet\/(driver|check-sequence|command-post|visitor|inputs)|machines\/silence)\.ts$/;

const complaintsOf = ({ path, code }: Source): string[] => {
  const told = [...code.matchAll(TELLING)].map(({ index, 0: { length } }) =>
    argumentsAt(code, index + length),
  );
  const reasons = [...code.matchAll(REASONS)]
    .filter(([word]) => word !== 'return' || GIVING_REASONS.test(path))
    .map(({ index, 0: { length } }) => code.slice(index + length).split(/[;,{]\n/)[0] ?? '');
  const texts = [...told, ...reasons].flatMap(textsIn);
  // One word is a key or a name, and no complaint.
  return [...new Set(texts.filter((text) => /\S \S/.test(text)))];
};

const complaints = sources.flatMap((source) =>
  complaintsOf(source).map((text) => ({ path: source.path, text })),
);

describe('every complaint', () => {
  test('is found in the code', () => {
    expect(complaints.length).toBeGreaterThan(60);
    for (const part of ['fail-safe: …', 'latched to flashing: …; …', 'is lost (…)']) {
      expect(
        complaints.some(({ text }) => text.includes(part)),
        part,
      ).toBe(true);
    }
  });

  test.each(complaints)('is explained: $text ($path)', ({ text }) => {
    expect(said).toContain(text.trim().replace(/\s+/g, ' '));
  });
});

describe('every refusal of a message', () => {
  const unionOf = (path: string, name: string) => {
    const { code = '' } = sources.find((source) => source.path === path) ?? {
      code: readFileSync(join(ROOT, path), 'utf8'),
    };
    const [, union = ''] = new RegExp(`type ${name} =([^;]+);`).exec(code) ?? [];
    return textsIn(union);
  };
  const kinds = [
    ...unionOf('actors/refusals.ts', 'Refusal'),
    ...unionOf('protocol/codec.ts', 'Fault'),
  ];
  const rows = manual.split('### Messages that were refused')[1]?.split('###')[0] ?? '';

  test('has a kind', () => {
    expect(kinds.length).toBeGreaterThan(14);
  });

  test.each(kinds)('of the kind %s is explained', (kind) => {
    expect(rows).toContain(`\`${kind}\``);
  });

  test.each([...Object.values(sealFaultText), SEALED_TEXT])('that says "%s" is', (text) => {
    expect(rows).toContain(`\`${text}\``);
  });
});

test('what warns of a district without keys is explained', () => {
  expect(said).toContain(INSECURE);
});

describe('the manual', () => {
  const commands = Object.fromEntries(
    [
      ...[callCommand, clearCommand, contractCommand, keyCommand, lampsCommand, nodeCommand],
      ...[inspectCommand, preemptCommand, recoverCommand, statusCommand, watchCommand],
    ].map((command) => [command.name(), command]),
  );
  // As in a unit (ExecStart=/usr/bin/greenwave …) and in running text, to the end of the span.
  const lines = [
    ...manual.matchAll(/(?<!-u )\bgreenwave ((?!greenwave )[a-z]+)((?: [^\s`|#,;)]+)*)/g),
  ].map(([line, name = '', rest = '']) => ({
    line,
    name,
    options: rest.match(/--[a-z-]+/g) ?? [],
  }));

  test('gives command lines that the programs take', () => {
    expect(lines.length).toBeGreaterThan(10);
    for (const { line, name, options } of lines) {
      const command = commands[name];
      expect(command, line).toBeDefined();
      const known = command?.options.map(({ long }) => long);
      for (const option of options) expect(known, line).toContain(option);
    }
  });

  test('names the address and the ports that nodes use', () => {
    const { address, port, tcpPort } = discoveryDefault;
    expect(manual).toContain(`ip daddr ${address} udp dport ${port} accept`);
    expect(manual).toContain(`tcp dport ${tcpPort}-${tcpPort + 9} accept`);
    expect(manual).toContain(`version ${PROTOCOL_VERSION} alone`);
  });

  test('has services that nobody supervises by a watchdog that they do not speak to', () => {
    const units = [...manual.matchAll(/```ini\n([\s\S]+?)```/g)].map(([, text = '']) => text);
    expect(units).toHaveLength(2);
    for (const unit of units) expect(unit).not.toMatch(/WatchdogSec|Type=notify|MemoryDeny/);
  });
});

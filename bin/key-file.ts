/**
 * Key files: a district's secret, or two while it is rotated, and what operators sign and verify with.
 * Read with every mistake told and no secret in any message; refused when others than its owner may
 * read it; written so that nobody else ever could.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Problem } from '../protocol/assert.ts';
import { type KeySet, keyIdOf, SECRET_BYTES } from '../transport/keyring.ts';
import { OperatorError, parseText, problemsError } from './read-district.ts';

/** Far more than a key file needs. */
const FILE_BYTES_MAX = 16_384;
/** Read and written by its owner alone. */
const MODE = 0o600;
const OTHERS = 0o077;

const secret = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
const keySchema = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9a-f]{8}$' }),
    use: Type.Enum(['seal', 'accept']),
    secret,
  },
  { additionalProperties: false },
);
const fileSchema = Type.Object(
  {
    about: Type.Optional(Type.String({ maxLength: 1000 })),
    district: Type.Array(keySchema, { minItems: 1, maxItems: 2 }),
    operator: Type.Optional(
      Type.Object(
        { public: secret, private: Type.Optional(secret) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
/** What a key file says. */
export type KeyFile = Static<typeof fileSchema>;
export type DistrictKey = Static<typeof keySchema>;

const check = Compile(fileSchema);

/** A new secret of a district. */
export const newDistrictKey = (use: DistrictKey['use']): DistrictKey => {
  const bytes = randomBytes(SECRET_BYTES);
  return { id: keyIdOf(bytes), use, secret: bytes.toString('base64url') };
};

/** A new pair of operators' keys. */
export const newOperatorKey = (): Required<NonNullable<KeyFile['operator']>> => {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { public: x, private: d };
};

/** Gives what the file says, or throws one `OperatorError` with all that is wrong. */
export const readKeyFile = (file: string): KeyFile => {
  const { value, list } = parseText(file, textOf(file), 'key');
  const problems = problemsOf(value);
  if (problems.length > 0) throw problemsError(file, list(problems), 'no key was taken from it');
  return value as KeyFile;
};

/** The keys of a file, for a ring. */
export const keySetOf = ({ district, operator }: KeyFile): KeySet => {
  const curve = { kty: 'OKP', crv: 'Ed25519' };
  const jwk = operator && { ...curve, x: operator.public };
  return {
    district: district.map(({ secret: text, use }) => ({
      secret: Buffer.from(text, 'base64url'),
      isSealing: use === 'seal',
    })),
    ...(jwk && { operatorPublic: createPublicKey({ key: jwk, format: 'jwk' }) }),
    ...(jwk &&
      operator.private !== undefined && {
        operatorPrivate: createPrivateKey({ key: { ...jwk, d: operator.private }, format: 'jwk' }),
      }),
  };
};

const textOf = (file: string): string => {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw new OperatorError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    // Of the file that was opened, and not of one that comes to bear its name.
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new OperatorError(`${file} is no file`);
    if (process.platform !== 'win32' && (stat.mode & OTHERS) !== 0) {
      const mode = (stat.mode & 0o777).toString(8);
      throw new OperatorError(
        `${file} may be read or written by others (mode ${mode}); chmod 600 ${file}, and make new ` +
          'keys if anybody may have read it',
      );
    }
    if (stat.size > FILE_BYTES_MAX) {
      throw new OperatorError(`${file} has ${stat.size} bytes, which is too long for a key file`);
    }
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
};

const problemsOf = (value: unknown): Problem[] => {
  if (!check.Check(value)) {
    return check.Errors(value).map(({ instancePath, message }) => ({
      path: instancePath.split('/').slice(1).map(placeOf),
      message,
    }));
  }
  const { district, operator } = value;
  const problems: Problem[] = [];
  if (district.filter(({ use }) => use === 'seal').length !== 1) {
    problems.push({ path: ['district'], message: 'exactly one key must be for `seal`' });
  }
  for (const [place, { id, secret: text }] of district.entries()) {
    if (keyIdOf(Buffer.from(text, 'base64url')) === id) continue;
    problems.push({
      path: ['district', place, 'id'],
      message: 'is not the name of this secret: one of the two was changed',
    });
  }
  if (new Set(district.map(({ id }) => id)).size < district.length) {
    problems.push({ path: ['district'], message: 'has one key twice' });
  }
  if (operator?.private !== undefined && publicOf(operator.private) !== operator.public) {
    problems.push({ path: ['operator'], message: 'its two keys do not belong together' });
  }
  return problems;
};

const placeOf = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);

/** The public part that belongs to a private key; a key of the curve is any 32 bytes. */
const publicOf = (d: string): string | undefined => {
  // DER of a private key of this curve (RFC 8410, section 7) before its bytes.
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const der = Buffer.concat([head, Buffer.from(d, 'base64url')]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ format: 'jwk' }).x;
};

export const takenError = (file: string): OperatorError =>
  new OperatorError(`${file} is there already; a key is never written over another`);

/** Writes a new file. Throws an `OperatorError` where there is one already. */
export const createKeyFile = (file: string, content: KeyFile): void => {
  try {
    write(file, content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw takenError(file);
    throw new OperatorError(`${file}: cannot be written (${code})`);
  }
};

/** Puts new content in the place of a file's, whole or not at all. */
export const replaceKeyFile = (file: string, content: KeyFile): void => {
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  try {
    write(beside, content);
    renameSync(beside, file);
  } catch (error) {
    throw new OperatorError(
      `${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`,
    );
  }
};

const write = (file: string, content: KeyFile): void => {
  const fd = openSync(file, 'wx', MODE);
  try {
    fchmodSync(fd, MODE);
    writeSync(fd, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

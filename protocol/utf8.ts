/** Tells whether bytes were UTF-8, without an exception, which costs more than all of decoding. */

/** Stands for bytes that were no UTF-8; but a text may have it too. */
const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = [0xef, 0xbf, 0xbd] as const;

/** Whether `text`, decoded from `bytes`, has no replacement that was not in them. */
export const isUtf8 = (text: string, bytes: Uint8Array): boolean => {
  if (!text.includes(REPLACEMENT)) return true;
  const [first, second, third] = REPLACEMENT_BYTES;
  let count = 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (bytes[at + 1] === second && bytes[at + 2] === third) count += 1;
  }
  return text.split(REPLACEMENT).length - 1 === count;
};

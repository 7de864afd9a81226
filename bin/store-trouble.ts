/**
 * Says what is wrong with a store, from the errors of LevelDB and of the file system.
 */
/** Stores are one process's at a time. */
export const LOCKED = 'another process is using it';

export const isCorruption = (error: unknown): boolean => {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return code === 'LEVEL_CORRUPTION' || (cause !== undefined && isCorruption(cause));
};

/** The reason of a failure, in an operator's words. */
export const reasonOf = (error: unknown): string => {
  const { code, cause, message } = error as { code?: string; cause?: unknown; message: string };
  if (code === 'LEVEL_LOCKED') return LOCKED;
  if (code === 'ENOSPC' || message.includes('No space left')) return 'the disk is full';
  return cause === undefined ? message : reasonOf(cause);
};

/**
 * Loaded into a process by `node --import`: makes it fail as a mistake in its code would, some time
 * after it has printed something. The query says how (`how` is `throw` or `reject`), when (`afterMs`
 * after `at` was printed), and where: in processes that were started with the word `in`.
 */
const query = new URL(import.meta.url).searchParams;
const how = query.get('how');
const at = query.get('at') ?? '';

const fail = () => {
  const error = new Error('thrown for a test');
  if (how === 'throw') throw error;
  void Promise.reject(error);
};

if (process.argv.includes(query.get('in') ?? '')) {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  let isPrinted = false;
  stdout.write = (chunk, ...rest) => {
    if (!isPrinted && String(chunk).includes(at)) {
      isPrinted = true;
      setTimeout(fail, Number(query.get('afterMs')));
    }
    return write(chunk, ...rest);
  };
}

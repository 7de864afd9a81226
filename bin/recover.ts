/**
 * `greenwave recover`: when a majority of a district's voters is lost for good, makes one node that
 * is left the only voter of a new group, offline. The others yield to it when they meet it.
 */
import { Command } from 'commander';
import type { Store } from '../actors/storage.ts';
import { type Holding, holdingOf, recovered } from '../machines/recovery.ts';
import { intersectionOf } from '../protocol/district.ts';
import { keyFileOption, namedKeyring } from './keys.ts';
import { openStoreThatIs } from './level-store.ts';
import { OperatorError, readDistrict } from './read-district.ts';
import { assertOperatorOf } from './store-operators.ts';

interface Options {
  readonly data: string;
  readonly yes?: true;
  readonly byFile?: true;
  readonly keyFile?: string;
  readonly insecure?: true;
  readonly json?: true;
}

const HELP = `
Run it without --yes first, on every node that is left, and choose the one whose log ends latest: in
the greatest term, and there at the greatest entry. Run it with --yes on that one alone, then start all
nodes as usual. The others empty their stores and enrol anew; lamps go on meanwhile as with a node that
is started again. What the log holds beyond its snapshot is kept though it may never have been committed;
what was committed and is not in this store is lost.

Never recover a district of which a majority of voters is only out of reach: they would go on by
themselves, and give way, with all they agreed on, as soon as they meet the recovered group.

Where the node ran with --key-file, --yes takes the operators' key: name it with --key-file.

--by-file is for what no running district may change: when all nodes are stopped and all files changed,
recover one store so, and start all.`;

export const recoverCommand: Command = new Command('recover')
  .description('Begin a new group from one store, when a majority of voters is lost for good')
  .argument('<district>', 'district file')
  .argument('<node>', 'the node whose store it is; it must not be running')
  .requiredOption('--data <dir>', "folder of the node's store")
  .option('--yes', 'do it; without this, only tell what the store holds')
  .option(
    '--by-file',
    'begin by the timing of the district file, not by what `greenwave contract` put in force',
  )
  .addOption(keyFileOption())
  .option('--insecure', 'do without the operators’ key of a keyed district: it is lost')
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action(async (file: string, node: string, options: Options) => {
    const district = readDistrict(file);
    if (!intersectionOf(district, node)) throw new OperatorError(`${file} has no node ${node}`);
    if (options.yes) assertOperatorOf(options.data, namedKeyring(district.name, options), options);
    const said = await recover(node, options);
    process.stdout.write(`${options.json ? JSON.stringify(said) : textOf(node, said, options)}\n`);
  });

interface Said extends Holding {
  readonly store: string;
  /** What it is now, when it was recovered. */
  readonly recovered?: { readonly group: string; readonly store: string };
}

/** Tells what the store holds, and makes it a group of its own when that was asked for. */
export const recover = async (node: string, { data, yes, byFile }: Options): Promise<Said> => {
  let fail = (_: Error) => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const store = await openStoreThatIs(data, (message) => fail(new OperatorError(message)));
  try {
    const holding = { ...holdingOf(store.recovered), store: store.id };
    if (holding.group === '' && !store.recovered.ballot?.accepted) {
      throw new OperatorError(
        `${data} holds no group, so there is nothing to recover: start ${node}`,
      );
    }
    if (!yes) return holding;
    return { ...holding, recovered: await Promise.race([become(node, store, byFile), failed]) };
  } finally {
    await store.close();
  }
};

const become = (node: string, from: Store, isByFile = false) =>
  new Promise<{ group: string; store: string }>((resolve) => {
    let now = { group: '', store: '' };
    from.reset(
      (store) => {
        const { group, puts } = recovered(from.recovered, { node, store }, isByFile);
        now = { group, store };
        return puts;
      },
      () => resolve(now),
    );
  });

const textOf = (node: string, said: Said, { data }: Options): string => {
  const { group, generation, lastTerm, lastIndex, snapshotIndex, voters, members, plan } = said;
  const names = (list: readonly string[]) => (list.length === 0 ? 'none' : list.join(' '));
  const held = [
    `${data} held of ${node}:`,
    `  group    ${group === '' ? 'none, but a ballot that was under way' : group} (generation ${generation})`,
    `  log      up to entry ${lastIndex} of term ${lastTerm}; committed for sure up to ${snapshotIndex}`,
    `  voters   ${names(voters.map((voter) => voter.node))}`,
    `  members  ${names(members)}`,
    `  plan     ${plan ?? 'none'}`,
  ];
  const next = said.recovered
    ? `It is group ${said.recovered.group} now, with ${node} as its only voter. Start ${node}, then the others.`
    : `Nothing was changed. With --yes ${node} begins generation ${generation + 1} as its only voter.`;
  return [...held, next].join('\n');
};

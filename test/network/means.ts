/**
 * What a machine must have so that hosts can be made on it, and how to come by what it lacks. On a
 * machine that lacks something the tests of this folder say so and are left out; CI lacks nothing.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';

/** The system's own, because the first on the path may be a slow script that chooses a version. */
export const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const runs = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const mayUse = (device: string): boolean => {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whether network namespaces can be made: root in a container may not. */
const mayMakeHosts = (): boolean => {
  const name = `gwtest${process.pid}-trial`;
  const isMade = runs('ip', 'netns', 'add', name);
  if (isMade) runs('ip', 'netns', 'del', name);
  return isMade;
};

const hasPython = runs(python, '-c', 'import fcntl');

/**
 * What lets a lamp driver run as at the kerb, where it has a processor to itself: a machine that is
 * busy with something else would make its lamps late.
 */
export const preferred: readonly string[] = runs('chrt', '-r', '1', 'true')
  ? ['chrt', '-r', '1']
  : [];

const lacks = (): string[] => {
  if (process.platform !== 'linux') return ['Linux'];
  const missing: string[] = [];
  if (process.getuid?.() !== 0) missing.push('root (run the tests as root)');
  const hasIp = runs('ip', '-V');
  if (!hasIp) missing.push('ip (apt-get install iproute2)');
  if (!runs('nft', '--version')) missing.push('nft (apt-get install nftables)');
  if (!hasPython) missing.push('python3 (apt-get install python3)');
  if (!mayUse('/dev/net/tun')) missing.push('/dev/net/tun (modprobe tun)');
  if (missing.length > 0) return missing;
  if (!mayMakeHosts()) missing.push('the right to make network namespaces (ip netns add)');
  if (!runs('unshare', '--time', '--monotonic', '1', 'true')) {
    missing.push('time namespaces (unshare --time; Linux 5.6 and util-linux 2.36)');
  }
  return missing;
};

/** What the recorder's own tests need. */
export const missingForRecorder: readonly string[] = hasPython
  ? []
  : ['python3 (apt-get install python3)'];

/** What hosts need. */
export const missingForHosts: readonly string[] = lacks();

/** Tells what is left out and why; gives whether it must be. */
export const isLeftOut = (what: string, missing: readonly string[]): boolean => {
  if (missing.length > 0) console.log(`left out: ${what}; missing: ${missing.join(', ')}`);
  return missing.length > 0;
};

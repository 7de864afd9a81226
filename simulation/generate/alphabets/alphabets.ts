/** What each machine of the house is tried with, by the machine's name. */
import type { Alphabet } from '../alphabet.ts';
import { arrivals } from './arrivals.ts';
import { contract } from './contract.ts';
import { coordination } from './coordination.ts';
import { demand } from './demand.ts';
import { detector } from './detector.ts';
import { election } from './election.ts';
import { electorate } from './electorate.ts';
import { enrolment } from './enrolment.ts';
import { genesis } from './genesis.ts';
import { holder } from './holder.ts';
import { lease } from './lease.ts';
import { membership } from './membership.ts';
import { merge } from './merge.ts';
import { node } from './node.ts';
import { phases } from './phases.ts';
import { replica } from './replica.ts';
import { schedule } from './schedule.ts';
import { timekeeper } from './timekeeper.ts';
import { witness } from './witness.ts';

export const alphabets: Readonly<Record<string, Alphabet>> = {
  ...{ contract, membership, genesis, merge, detector, election, replica, lease },
  ...{ enrolment, electorate, timekeeper, coordination, demand, schedule, holder },
  ...{ arrivals, phases, witness, node },
};

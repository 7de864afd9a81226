/**
 * What a node says of itself in its journal, as of now: whom it sees, whom it follows, and how far
 * it has got.
 */
import type { JournalLine } from '../../protocol/journal.ts';

export class Watch {
  readonly view = new Set<string>();
  leader: string | undefined;
  term = 0;
  /** Of the last entry that is agreed: its index and the term it was made in. */
  commit = 0;
  commitTerm = 0;
  group = '';
  isEnrolled = false;
  /** How it stands to what is agreed on about rights of way: settling, entering, following. */
  mode = '';
  /** Counted since the start of the process. */
  elections = 0;
  departures = 0;
  refusals = 0;
  readonly errors: string[] = [];

  hear(line: JournalLine): void {
    if (line.kind === 'error') this.errors.push(line.message);
    if (line.kind !== 'fact') return;
    const { event } = line;
    switch (event.type) {
      case 'membership.joined':
        this.view.add(event.peer);
        break;
      case 'membership.left':
        if (this.view.delete(event.peer)) this.departures += 1;
        break;
      case 'genesis.formed':
        this.group = event.group;
        break;
      case 'merge.yielded':
      case 'membership.outlived':
        this.#begin();
        break;
      case 'holder.changed':
        this.mode = event.mode;
        break;
      case 'enrolment.enrolled':
        this.isEnrolled = true;
        break;
      case 'election.elected':
        this.leader = event.leader;
        this.term = event.term;
        this.elections += 1;
        break;
      case 'election.lost':
        this.leader = undefined;
        break;
      case 'replica.committed':
      case 'replica.restored':
        this.commit = event.index;
        this.commitTerm = event.term;
        break;
    }
  }

  /** It begins another life in its process, and is as new. */
  #begin(): void {
    this.view.clear();
    this.leader = undefined;
    this.term = 0;
    this.commit = 0;
    this.commitTerm = 0;
    this.group = '';
    this.isEnrolled = false;
    this.mode = '';
  }
}

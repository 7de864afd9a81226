/** Traffic beside the processes of `greenwave up`, whoever lets it drive. */
import type { JournalLine } from '../protocol/journal.ts';
import type { TrafficSummary } from './picture.ts';

/** Whom traffic tells. */
export interface UpTrafficHeard {
  readonly tell: (line: JournalLine) => void;
  /** The run is over: traffic has come to its end, or has failed. */
  readonly over: (failure?: string) => void;
}

export interface UpTraffic {
  /** Lets nodes hear its sensors; they may come at any time. */
  open(): Promise<void>;
  /** Lamps are there: it begins to drive. */
  begin(): void;
  /** Hears what the lamps show; all other lines are nothing to traffic. */
  hear(line: JournalLine): void;
  /** Ends it, and leaves nothing behind. */
  end(): Promise<void>;
  /** What became of it. */
  summary(): TrafficSummary;
  /** Changes how many come in an hour, where that can be changed. */
  readonly demand?: (perHour: number) => void;
}

/** What was found of each sentence: it held as often as it was tried, or the first time that it did not. */
import { placeText, type Sentence, type SentenceId, sentences } from './sentences.ts';

/**
 * `not reached`: something before it went so wrong that it could not be tried. `not asked`: it was
 * left out, because the operator did not ask for it or came too late to see it.
 */
export type Standing = 'passed' | 'failed' | 'not reached' | 'not asked';

export interface Verdict {
  readonly id: SentenceId;
  readonly place: string;
  readonly sentence: string;
  readonly verdict: Standing;
  /** How often it was tried. */
  readonly times: number;
  /** What was wrong the first time, or why it was not asked. */
  readonly detail?: string;
}

interface Found {
  times: number;
  failed?: string;
  left?: string;
}

/** Longer details are cut: a snapshot or a hundred entries help nobody. */
const DETAIL_CHARS_MAX = 600;

export class Verdicts {
  readonly #found = new Map<SentenceId, Found>();

  /** Says whether the sentence held this time. */
  check(id: SentenceId, held: boolean, detail: () => string): void {
    const found = this.#of(id);
    found.times += 1;
    if (!held) found.failed ??= detail().slice(0, DETAIL_CHARS_MAX);
  }

  /** It is left out, for this reason. */
  leave(id: SentenceId, why: string): void {
    this.#of(id).left = why;
  }

  failed(id: SentenceId): boolean {
    return this.#found.get(id)?.failed !== undefined;
  }

  list(): Verdict[] {
    return (Object.keys(sentences) as SentenceId[]).map((id) => {
      const sentence: Sentence = sentences[id];
      const { times = 0, failed, left } = this.#found.get(id) ?? {};
      const detail = failed ?? (times === 0 ? left : undefined);
      const tried = failed === undefined ? 'passed' : 'failed';
      const untried = left === undefined ? 'not reached' : 'not asked';
      return {
        id,
        place: placeText(sentence),
        sentence: sentence.says,
        verdict: times > 0 ? tried : untried,
        times,
        ...(detail !== undefined && { detail }),
      };
    });
  }

  #of(id: SentenceId): Found {
    const known = this.#found.get(id) ?? { times: 0 };
    this.#found.set(id, known);
    return known;
  }
}

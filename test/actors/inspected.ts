/** Towns whose nodes are inspected, and what those who look on were told of them. */
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { Inspector, type Outlet } from '../../actors/inspector.ts';
import { type Place, type PlaceOptions, Town } from './town.ts';

/** As receivers have it: one of the package's own messages. */
export type Told = StatelyInspectionEvent;
export type ToldOf<K extends Told['type']> = Extract<Told, { type: K }>;

/** Keeps what it is sent; can be shut and full. */
export class Eye implements Outlet {
  state: Outlet['state'] = 'open';
  readonly texts: string[] = [];

  send(messages: readonly string[]): void {
    this.texts.push(...messages);
  }

  told(): Told[] {
    return this.texts.map((text) => JSON.parse(text) as Told);
  }

  toldOf<K extends Told['type']>(type: K): ToldOf<K>[] {
    return this.told().filter((message): message is ToldOf<K> => message.type === type);
  }
}

export interface Watched extends Place {
  readonly eye: Eye;
  readonly inspector: Inspector;
}

export class InspectedTown extends Town {
  async inspect(node: string, options: PlaceOptions = {}): Promise<Watched> {
    const eye = new Eye();
    const { clock } = this;
    const inspector = new Inspector({
      district: this.district.name,
      node,
      clock,
      wall: clock.now,
      outlet: eye,
    });
    return { ...(await this.open(node, { ...options, inspector })), eye, inspector };
  }
}

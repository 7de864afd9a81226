/**
 * The traffic lights of a SUMO network: what each signal index controls, and which indices meet.
 *
 * SUMO says who meets whom by junction, and numbers a junction's movements by its incoming lanes,
 * not by signal index. One light may control several junctions; movements of different junctions
 * are no foes, because no junction's matrix says so. One index may control several movements;
 * whatever holds for two indices must then hold for all their movements, so that every doubt ends
 * in a conflict.
 */
import type { Group } from '../protocol/district.ts';
import {
  NetworkError,
  type Point,
  type SumoConnection,
  type SumoJunction,
  type SumoNetwork,
  type SumoProgram,
} from './sumo-network.ts';

/** Something the operator should know about what was imported, and where it stands. */
export interface Warning {
  readonly place: string;
  readonly message: string;
}

/** What one index of a light's state governs. */
export interface Signal {
  readonly link: number;
  readonly kind: Group['kind'];
  readonly movements: readonly SumoConnection[];
}

/** How two signal indices stand to each other. */
export interface Relation {
  /** Some movements of theirs cross, or merge from different edges. */
  readonly isFoe: boolean;
  /** Some movements of theirs leave one edge and end in one edge. */
  readonly isMerge: boolean;
  /** Wherever they are foes, the first must yield to the second. */
  readonly mustYield: boolean;
}

export interface Light {
  readonly id: string;
  /** The middle of its junctions. */
  readonly position: Point;
  readonly signals: readonly Signal[];
  readonly programs: readonly SumoProgram[];
  /** The relation of signal index `a` to `b`. Asked with one index twice, too. */
  relation(a: number, b: number): Relation;
}

/** Every traffic light that controls something, in the order of the file. */
export const lightsOf = (network: SumoNetwork): { lights: Light[]; warnings: Warning[] } => {
  const drafts = new Map<string, Draft>();
  for (const program of network.programs) {
    if (!program.type.startsWith('rail_')) draftOf(drafts, program.light).programs.push(program);
  }
  const warnings: Warning[] = [];
  for (const light of new Set(network.connections.map(({ signal }) => signal?.light))) {
    if (light !== undefined && !drafts.has(light)) {
      warnings.push({ place: light, message: 'has no road signals’ program; it is left out' });
    }
  }
  for (const connection of network.connections) {
    const draft = connection.signal && drafts.get(connection.signal.light);
    draft?.movements.push(connection);
  }
  const order = matrixOrder(network);
  for (const junction of network.junctions) {
    // Inside a junction, SUMO makes small ones where turns wait; they have no matrix of their own.
    if (junction.type !== 'internal') addJunction(drafts, junction, order(junction));
  }
  const lights: Light[] = [];
  for (const [id, draft] of drafts) {
    if (draft.movements.length > 0) lights.push(lightOf(id, draft, network));
    else warnings.push({ place: id, message: 'controls no movement; it is left out' });
  }
  return { lights, warnings };
};

interface Draft {
  readonly programs: SumoProgram[];
  readonly movements: SumoConnection[];
  readonly positions: Point[];
  readonly relations: Map<string, Relation>;
}

const draftOf = (drafts: Map<string, Draft>, id: string): Draft => {
  const draft = drafts.get(id) ?? {
    programs: [],
    movements: [],
    positions: [],
    relations: new Map(),
  };
  drafts.set(id, draft);
  return draft;
};

const strangers: Relation = { isFoe: false, isMerge: false, mustYield: false };

const lightOf = (id: string, draft: Draft, { edges }: SumoNetwork): Light => {
  const { movements, positions, programs, relations } = draft;
  const links = [...new Set(movements.map(({ signal }) => signal?.link ?? 0))];
  const signals = links
    .sort((a, b) => a - b)
    .map((link) => {
      const governed = movements.filter(({ signal }) => signal?.link === link);
      const users = new Set(governed.flatMap((movement) => userOf(movement, edges) ?? []));
      const kind = users.size === 1 ? [...users][0] : undefined;
      return { link, movements: governed, kind: kind ?? ('vehicle' as const) };
    });
  const mean = (axis: 0 | 1) =>
    positions.reduce((sum, at) => sum + at[axis], 0) / Math.max(1, positions.length);
  return {
    id,
    position: [mean(0), mean(1)],
    signals,
    programs,
    relation: (a, b) => relations.get(`${a} ${b}`) ?? strangers,
  };
};

const userOf = ({ from, fromLane, to }: SumoConnection, edges: SumoNetwork['edges']) => {
  const isCrossing = [from, to].some((id) => edges.get(id)?.use === 'crossing');
  return isCrossing ? 'pedestrian' : edges.get(from)?.lanes[fromLane]?.kind;
};

/** Gives the connections of a junction's matrix rows, in the order of the rows. */
const matrixOrder = ({ edges, connections }: SumoNetwork) => {
  const use = (id: string) => edges.get(id)?.use ?? 'normal';
  const leaving = new Map<string, SumoConnection[]>();
  const back = new Map<string, SumoConnection[]>();
  for (const connection of connections) {
    const { from, fromLane, to } = connection;
    const lane = edges.get(from)?.lanes[fromLane]?.id ?? `${from}_${fromLane}`;
    // A sidewalk’s way to its corner, and a corner’s to a sidewalk, cross nobody: they have no row.
    const hasRow =
      use(to) !== 'walkingarea' && (use(from) !== 'walkingarea' || use(to) === 'crossing');
    if (hasRow) append(leaving, lane, connection);
    else if (use(from) === 'crossing') append(back, from, connection);
  }
  return ({ incoming }: SumoJunction): SumoConnection[][] =>
    incoming
      .flatMap((lane) => leaving.get(lane) ?? [])
      // A crossing walked the other way may have an index of its own; it meets the same foes.
      .map((connection) => [connection, ...(back.get(connection.to) ?? [])]);
};

const append = <T>(lists: Map<string, T[]>, key: string, item: T) => {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
};

const addJunction = (
  drafts: Map<string, Draft>,
  junction: SumoJunction,
  rows: readonly SumoConnection[][],
) => {
  const controlled = rows.flatMap((row, index) =>
    row.flatMap((connection) => {
      const draft = connection.signal && drafts.get(connection.signal.light);
      return draft && connection.signal ? [{ connection, index, draft, ...connection.signal }] : [];
    }),
  );
  if (controlled.length === 0) return;
  const { id, position, requests } = junction;
  const matrix = new Map(requests.map((request) => [request.index, request]));
  if (requests.length !== rows.length || rows.some((_, index) => !matrix.has(index))) {
    throw new NetworkError(
      `junction ${id} has ${requests.length} rows of right of way for ${rows.length} movements: who meets whom is unknown`,
    );
  }
  for (const draft of new Set(controlled.map(({ draft }) => draft))) draft.positions.push(position);
  const meets = (a: number, b: number) =>
    matrix.get(a)?.foes.has(b) || matrix.get(a)?.response.has(b);
  for (const a of controlled) {
    for (const b of controlled) {
      if (a.light !== b.light) continue;
      if (!meets(a.index, b.index) && !meets(b.index, a.index)) continue;
      const { from, to } = a.connection;
      const isMerge = from === b.connection.from && to === b.connection.to;
      widen(a.draft.relations, `${a.link} ${b.link}`, {
        isFoe: !isMerge,
        isMerge,
        mustYield: !isMerge && matrix.get(a.index)?.response.has(b.index) === true,
      });
    }
  }
};

/** Adds what one pair of movements says to what is known of their two indices. */
const widen = (relations: Map<string, Relation>, key: string, found: Relation) => {
  const known = relations.get(key) ?? strangers;
  relations.set(key, {
    isFoe: known.isFoe || found.isFoe,
    isMerge: known.isMerge || found.isMerge,
    mustYield: found.isFoe ? found.mustYield && (known.mustYield || !known.isFoe) : known.mustYield,
  });
};

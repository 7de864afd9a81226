/**
 * A SUMO network (`.net.xml`) as far as signals are concerned: edges with their lanes, junctions
 * with their right-of-way matrix, connections, and signal programs. It is read as a stream, because
 * a city's network is hundreds of megabytes of which a few are kept, and every complaint carries
 * the line, because these files are written by other programs and mended by hand.
 */
import type { Group } from '../protocol/district.ts';
import { xmlReader } from './sumo-xml.ts';

export type Point = readonly [x: number, y: number];

export interface SumoLane {
  readonly id: string;
  readonly kind: Group['kind'];
  readonly lengthM: number;
  readonly speedMps: number;
  readonly shape: readonly Point[];
}

export interface SumoEdge {
  readonly id: string;
  /** SUMO's `function`: `normal`, `internal`, `crossing`, `walkingarea` or `connector`. */
  readonly use: string;
  /** For a crossing: the edges that it leads across. */
  readonly crosses: readonly string[];
  readonly lanes: SumoLane[];
}

/** One row of a junction's matrix: whom a movement meets, and to whom of these it must yield. */
export interface SumoRequest {
  readonly index: number;
  readonly foes: ReadonlySet<number>;
  readonly response: ReadonlySet<number>;
  /** Whether it may wait inside the junction. */
  readonly cont: boolean;
}

export interface SumoJunction {
  readonly id: string;
  readonly type: string;
  readonly position: Point;
  /** Lanes that lead in, in the order of the matrix. */
  readonly incoming: readonly string[];
  readonly requests: SumoRequest[];
}

export interface SumoConnection {
  readonly from: string;
  readonly fromLane: number;
  readonly to: string;
  readonly toLane: number;
  /** The lane inside the junction. */
  readonly via?: string;
  /** The traffic light that controls it, and its place in that light's states. */
  readonly signal?: { readonly light: string; readonly link: number };
  readonly direction: string;
  /** It has the right of way by the signs, which hold when its light is off. */
  readonly hasPriority: boolean;
}

export interface SumoPhase {
  readonly durationS: number;
  readonly state: string;
  readonly minS?: number;
  readonly maxS?: number;
}

export interface SumoProgram {
  readonly light: string;
  readonly id: string;
  readonly type: string;
  readonly offsetS: number;
  readonly phases: SumoPhase[];
}

export interface SumoNetwork {
  readonly edges: ReadonlyMap<string, SumoEdge>;
  readonly junctions: readonly SumoJunction[];
  readonly connections: readonly SumoConnection[];
  readonly programs: readonly SumoProgram[];
}

/** What is wrong with a network file. The message is ready to print after the file's name. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** Reads a network from its text in pieces. Rejects with `NetworkError`, and never half a network. */
export const readSumoNetwork = async (
  chunks: AsyncIterable<string> | Iterable<string>,
): Promise<SumoNetwork> => {
  const reader = networkReader();
  for await (const chunk of chunks) reader.write(chunk);
  return reader.end();
};

export interface NetworkReader {
  write(text: string): void;
  /** To be called once, after the last piece. */
  end(): SumoNetwork;
}

/** The same piece by piece. Both throw `NetworkError`. */
export const networkReader = (): NetworkReader => {
  const draft: Draft = { edges: [], junctions: [], connections: [], programs: [] };
  let isRooted = false;
  const { write, end } = xmlReader({
    open: (name, attributes, fail) => {
      if (!isRooted && name !== 'net') fail(`<${name}> is the root, but a SUMO network’s is <net>`);
      isRooted = true;
      const read = Object.hasOwn(elements, name) ? elements[name] : undefined;
      read?.(draft, { attributes, name, fail });
    },
    fail: (message) => {
      throw new NetworkError(message);
    },
  });
  return {
    write,
    end: () => {
      end();
      if (!isRooted) throw new NetworkError('line 1: there is no network in the file');
      return { ...draft, edges: new Map(draft.edges.map((edge) => [edge.id, edge])) };
    },
  };
};

interface Draft {
  readonly edges: SumoEdge[];
  readonly junctions: SumoJunction[];
  readonly connections: SumoConnection[];
  readonly programs: SumoProgram[];
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly fail: (message: string) => never;
}

/** How each element that matters is taken up. All others are passed over. */
const elements: Readonly<Record<string, (draft: Draft, element: Element) => void>> = {
  edge: ({ edges }, element) => {
    const id = text(element, 'id');
    const { function: use = 'normal', crossingEdges = '' } = element.attributes;
    edges.push({ id, use, crosses: words(crossingEdges), lanes: [] });
  },
  lane: ({ edges }, element) => {
    const edge = edges.at(-1) ?? element.fail('<lane> outside an <edge>');
    const { allow = '' } = element.attributes;
    edge.lanes.push({
      id: text(element, 'id'),
      kind: kindOf(words(allow)),
      lengthM: number(element, 'length'),
      speedMps: number(element, 'speed'),
      shape: shapeOf(element),
    });
  },
  junction: ({ junctions }, element) => {
    const { incLanes = '' } = element.attributes;
    junctions.push({
      id: text(element, 'id'),
      type: text(element, 'type'),
      position: [number(element, 'x'), number(element, 'y')],
      incoming: words(incLanes),
      requests: [],
    });
  },
  request: ({ junctions }, element) => {
    const junction = junctions.at(-1) ?? element.fail('<request> outside a <junction>');
    const { cont } = element.attributes;
    junction.requests.push({
      index: number(element, 'index'),
      foes: bits(text(element, 'foes')),
      response: bits(text(element, 'response')),
      cont: cont === '1',
    });
  },
  connection: ({ connections }, element) => {
    const { via, tl: light, dir: direction = '', state = '' } = element.attributes;
    connections.push({
      from: text(element, 'from'),
      fromLane: number(element, 'fromLane'),
      to: text(element, 'to'),
      toLane: number(element, 'toLane'),
      ...(via !== undefined && { via }),
      ...(light !== undefined && { signal: { light, link: number(element, 'linkIndex') } }),
      direction,
      hasPriority: state === 'O' || state === 'M',
    });
  },
  tlLogic: ({ programs }, element) => {
    const { offset } = element.attributes;
    programs.push({
      light: text(element, 'id'),
      id: text(element, 'programID'),
      type: text(element, 'type'),
      offsetS: offset === undefined ? 0 : number(element, 'offset'),
      phases: [],
    });
  },
  phase: ({ programs }, element) => {
    const program = programs.at(-1) ?? element.fail('<phase> outside a <tlLogic>');
    const { minDur, maxDur } = element.attributes;
    program.phases.push({
      durationS: number(element, 'duration'),
      state: text(element, 'state'),
      ...(minDur !== undefined && { minS: number(element, 'minDur') }),
      ...(maxDur !== undefined && { maxS: number(element, 'maxDur') }),
    });
  },
};

const text = ({ name, attributes, fail }: Element, key: string): string =>
  attributes[key] ?? fail(`<${name}> lacks ${key}`);

const number = (element: Element, key: string): number => {
  const value = text(element, key);
  const result = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(result)
    ? result
    : element.fail(`<${element.name}> has ${key}="${value}", which is no number`);
};

const words = (list: string): string[] => list.split(/\s+/).filter(Boolean);

/** The indices of a matrix row. SUMO writes index 0 rightmost. */
const bits = (row: string): Set<number> =>
  new Set([...row].flatMap((bit, k) => (bit === '1' ? [row.length - 1 - k] : [])));

const shapeOf = ({ attributes: { shape = '' }, fail }: Element): Point[] =>
  words(shape).map((corner) => {
    const [x = Number.NaN, y = Number.NaN] = corner.split(',').map(Number);
    return Number.isFinite(x + y) ? [x, y] : fail(`<lane> has a shape with “${corner}”`);
  });

const WALKERS = new Set(['pedestrian', 'wheelchair']);
const RIDERS = new Set([...WALKERS, 'bicycle', 'scooter']);
const CARRIERS = new Set([
  ...['bus', 'coach', 'tram', 'rail', 'rail_urban', 'rail_electric', 'rail_fast', 'subway'],
  ...['taxi', 'bicycle', 'emergency', 'authority'],
]);

/** Who uses a lane that allows only these. An empty list allows everyone. */
const kindOf = (allowed: readonly string[]): Group['kind'] => {
  if (allowed.length === 0) return 'vehicle';
  if (allowed.every((user) => WALKERS.has(user))) return 'pedestrian';
  if (allowed.every((user) => RIDERS.has(user))) return 'bicycle';
  return allowed.every((user) => CARRIERS.has(user)) ? 'transit' : 'vehicle';
};

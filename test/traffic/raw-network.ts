/**
 * Reads foes, responses and phases out of a network’s text with patterns alone. It shares no code
 * with the importer, because it is what the importer is measured against.
 */
export interface RawLight {
  readonly states: readonly string[];
  /** `foes[a]` are the links that link `a` meets, without those that leave the same edge. */
  readonly foes: Map<number, Set<number>>;
  readonly sameEdge: Map<number, Set<number>>;
  /** `response[a]` are the links that link `a` must yield to. */
  readonly response: Map<number, Set<number>>;
}

const attribute = (tag: string, name: string): string =>
  new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';

const tags = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`<${name}\\s[^>]*>`, 'g'))].map(([tag]) => tag);

const add = (map: Map<number, Set<number>>, key: number, value: number) => {
  map.set(key, (map.get(key) ?? new Set()).add(value));
};

/** The lights of a network without crossings. */
export const rawLights = (xml: string): Map<string, RawLight> => {
  const lights = new Map<string, RawLight>();
  for (const [, head = '', body = ''] of xml.matchAll(/(<tlLogic\s[^>]*>)([\s\S]*?)<\/tlLogic>/g)) {
    const states = tags(body, 'phase').map((tag) => attribute(tag, 'state'));
    const light = { states, foes: new Map(), sameEdge: new Map(), response: new Map() };
    lights.set(attribute(head, 'id'), light);
  }
  const connections = tags(xml, 'connection').filter(
    (tag) => !attribute(tag, 'from').startsWith(':'),
  );
  const lane = (tag: string) => `${attribute(tag, 'from')}_${attribute(tag, 'fromLane')}`;
  for (const [, head = '', body = ''] of xml.matchAll(
    /(<junction\s[^>]*[^/]>)([\s\S]*?)<\/junction>/g,
  )) {
    const links = attribute(head, 'incLanes')
      .split(' ')
      .flatMap((incoming) => connections.filter((tag) => lane(tag) === incoming));
    const rows = tags(body, 'request');
    links.forEach((a, i) => {
      const light = lights.get(attribute(a, 'tl'));
      const foes = attribute(rows[i] ?? '', 'foes');
      const response = attribute(rows[i] ?? '', 'response');
      links.forEach((b, k) => {
        if (!light || attribute(b, 'tl') !== attribute(a, 'tl')) return;
        const [from, to] = [a, b].map((tag) => Number(attribute(tag, 'linkIndex'))) as [
          number,
          number,
        ];
        const isSame = attribute(a, 'from') === attribute(b, 'from');
        if (foes.at(-1 - k) === '1') add(isSame ? light.sameEdge : light.foes, from, to);
        if (response.at(-1 - k) === '1') add(light.response, from, to);
      });
    });
  }
  return lights;
};

/** Pairs of foes of which one is `G` while the other is `g`, in some phase. */
export const filteredPairs = ({ states, foes }: RawLight): [permissive: number, to: number][] => {
  const found = new Map<string, [number, number]>();
  for (const state of states) {
    for (const [a, others] of foes) {
      for (const b of others) {
        if (state[a] === 'g' && state[b] === 'G') found.set(`${a} ${b}`, [a, b]);
      }
    }
  }
  return [...found.values()];
};

/**
 * What is fuzzed: every place where bytes or text from elsewhere are read. A target takes any bytes
 * and throws only when something is wrong with the reader: an exception that it may not throw, or a
 * result that it may not give.
 */
import { Compile } from 'typebox/compile';
import { OperatorError, parseText } from '../bin/read-district.ts';
import { readRecord } from '../bin/record.ts';
import { assert } from '../protocol/assert.ts';
import { checkDistrict } from '../protocol/check-district.ts';
import { decode, encode } from '../protocol/codec.ts';
import type { Message } from '../protocol/event.ts';
import { journalSchema } from '../protocol/journal.ts';
import { readLineFromDriver, readLineFromNode } from '../protocol/lamp-line.ts';
import { importNetwork } from '../traffic/import.ts';
import { readSumoConfig } from '../traffic/sumo-config.ts';
import { SumoError } from '../traffic/sumo-error.ts';
import { NetworkError, networkReader } from '../traffic/sumo-network.ts';
import { askVersion, readAnswers, stepTo } from '../traffic/traci-commands.ts';
import { TraciError } from '../traffic/traci-error.ts';
import { FrameReader } from '../transport/frames.ts';
import { Keyring, SECRET_BYTES } from '../transport/keyring.ts';
import { FRAME_BYTES_MAX } from '../transport/transport.ts';
import { readJournal } from '../visualizer/sources/file-source.ts';

export interface Target {
  readonly name: string;
  /** What is right, to begin with. */
  readonly corpus: readonly Uint8Array[];
  readonly run: (bytes: Uint8Array) => void;
}

const utf8 = new TextEncoder();
const lenient = new TextDecoder();
const sender = { id: 'n1', group: 'g', incarnation: 3, counter: 17, timestamp: 1 };
const address = { host: '127.0.0.1', port: 6000 };
const messages: readonly Message[] = [
  { type: 'detector.beat', term: 1, leader: 'n1', store: 's', index: 4, commit: 4, view: 7 },
  { type: 'election.claim', term: 2, transfer: false, lastTerm: 1, lastIndex: 4 },
  { type: 'replica.chunk', term: 1, index: 4, indexTerm: 1, offset: 0, total: 2, data: '{}' },
  {
    type: 'replica.prepare',
    ...{ term: 1, prevIndex: 3, prevTerm: 1, commit: 3 },
    entries: [{ term: 1, command: { kind: 'term.open', leader: 'n1' } }],
  },
  {
    type: 'membership.announce',
    ...{ district: 'town', store: 's', phase: 'member', asks: true, versions: [1, 1], term: 1 },
    ...address,
    contract: '0123456789abcdef',
    intersection: { id: 'x1', digest: '0123456789abcdef' },
  },
  { type: 'wire.proof', district: 'town', nonces: ['abcdefghijklmnopqrstuv'] },
  { type: 'phases.ask', reply: address, forMs: 1000 },
];
const plain = messages.map((message) => encode(message, sender));
const ring = new Keyring('town', {
  district: [{ secret: new Uint8Array(SECRET_BYTES).fill(1), isSealing: true }],
});
const sealed = plain.map((bytes) => ring.seal(bytes, 'node'));
const sealedTexts = new Set(sealed.map((bytes) => lenient.decode(bytes)));

const codec: Target = {
  name: 'codec',
  corpus: plain,
  run: (bytes) => {
    const decoded = decode(bytes);
    if ('refused' in decoded) assert(decoded.refused.length < 1_000, 'a refusal is a line');
    else JSON.stringify(decoded);
  },
};

const envelope: Target = {
  name: 'envelope',
  corpus: sealed,
  run: (bytes) => {
    const opened = ring.open(bytes);
    const isOurs = sealedTexts.has(lenient.decode(bytes));
    assert('fault' in opened || isOurs, 'what was never sealed does not open');
  },
};

const frames: Target = {
  name: 'frames',
  corpus: [utf8.encode('{"a":1}\n{"b":2}\n'), ...plain],
  run: (bytes) => {
    const reader = new FrameReader();
    const whole = lenient.decode(bytes).split('\n').length - 1;
    let heard = 0;
    // The first byte says where the stream is cut.
    const cut = (bytes[0] ?? 0) % (bytes.length + 1);
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      const isRead = reader.read(piece, (frame) => {
        heard += 1;
        assert(frame.length <= FRAME_BYTES_MAX && !frame.includes(10), 'a frame is one line');
      });
      assert(isRead, 'short frames are read');
    }
    assert(heard === whole, 'each line is a frame');
  },
};

const smallDistrict = {
  name: 'town',
  intersections: [
    {
      ...{ id: 'x1', node: 'n1', position: [0, 0], conflicts: [['a', 'b']], yields: [] },
      groups: ['a', 'b'].map((id) => ({
        ...{ id, kind: 'vehicle', minGreenS: 5, maxGreenS: 30, amberS: 3, redClearanceS: 2 },
      })),
      stages: [
        { id: 'A', green: ['a'] },
        { id: 'B', green: ['b'] },
      ],
    },
  ],
};

const whole = {
  ...smallDistrict,
  expect: 1,
  links: [{ from: 'x1', to: 'x1', lengthM: 100, speedMps: 14, lanes: 1, fromGroups: ['a'] }],
  plans: [
    {
      ...{ id: 'p', cycleS: 60 },
      intersections: [{ id: 'x1', offsetS: 0, splits: [{ stage: 'A', splitS: 60 }] }],
    },
  ],
  timing: { beatMs: 320 },
  discovery: { address: '239.255.255.250', port: 5007, tcpPort: 6000 },
};

const district: Target = {
  name: 'district',
  corpus: [utf8.encode(JSON.stringify(smallDistrict)), utf8.encode(JSON.stringify(whole, null, 1))],
  run: (bytes) => {
    try {
      const { value, list } = parseText('file', lenient.decode(bytes), 'district');
      const result = checkDistrict(value);
      if ('problems' in result) assert(list(result.problems).length > 0, 'a refusal says why');
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
    }
  },
};

const journalLine = Compile(journalSchema);
const journal: Target = {
  name: 'journal',
  corpus: [
    '{"t":1,"node":"n1","kind":"heard","type":"detector.beat","peer":"n2","bytes":90}',
    '{"t":1,"node":"n1","kind":"lamps","intersection":"x1","lamps":{"a":"green","b":"red"}}\n',
    '{"t":2,"node":"n1","kind":"fact","event":{"type":"election.elected","leader":"n1","term":1}}',
    '{"type":"lamps.clear","intersection":"x1"}',
    '1d5bd2a0 1 {"term":1}',
  ].map((line) => utf8.encode(line)),
  run: (bytes) => {
    const text = lenient.decode(bytes);
    try {
      readJournal(text, 'file');
    } catch (error) {
      // It is told to whoever opened the file; the page goes on.
      if (!(error instanceof Error) || error instanceof RangeError) throw error;
    }
    readLineFromNode(text);
    readLineFromDriver(text);
    readRecord(text);
    journalLine.Check(text);
  },
};

const answers = (...bytes: number[]) => Uint8Array.from(bytes);
const traci: Target = {
  name: 'traci',
  corpus: [
    answers(7, 2, 0, 0, 0, 0, 0),
    answers(...[7, 0, 0, 0, 0, 0, 0, 15, 0, 0, 0, 0, 20, 0, 0, 0, 4, 83, 85, 77, 79]),
  ],
  run: (bytes) => {
    for (const commands of [[askVersion], [stepTo(1)]]) {
      try {
        readAnswers(bytes, commands);
      } catch (error) {
        if (!(error instanceof TraciError)) throw error;
      }
    }
  },
};

/** A street with a light, where a minor road joins. */
const street = `<net>
<edge id="a"><lane id="a_0" index="0" speed="14" length="90" shape="0,0 90,0"/></edge>
<edge id="b"><lane id="b_0" index="0" speed="14" length="90" shape="99,-90 99,-9" allow="bus"/></edge>
<edge id="c"><lane id="c_0" index="0" speed="14" length="90" shape="100,0 190,0"/></edge>
<tlLogic id="j" type="static" programID="0" offset="0">
<phase duration="30" state="Gr"/><phase duration="3" state="yr" minDur="3" maxDur="9"/>
<phase duration="20" state="rg"/><phase duration="3" state="ry"/></tlLogic>
<junction id="j" type="traffic_light" x="99" y="0" incLanes="a_0 b_0" intLanes="">
<request index="0" response="00" foes="10" cont="0"/><request index="1" response="01" foes="01"/>
</junction>
<connection from="a" to="c" fromLane="0" toLane="0" tl="j" linkIndex="0" dir="s" state="O"/>
<connection from="b" to="c" fromLane="0" toLane="0" tl="j" linkIndex="1" dir="r" state="o"/>
</net>`;
const config =
  '<configuration><input><net-file value="a.net.xml"/><a value="b.xml, c.xml"/></input>' +
  '<time><begin value="0"/><end value="1:00:00:00"/></time></configuration>';

const sumo: Target = {
  name: 'sumo',
  corpus: [street, config].map((text) => utf8.encode(text)),
  run: (bytes) => {
    const text = lenient.decode(bytes);
    const readNetwork = () => {
      const reader = networkReader();
      reader.write(text);
      importNetwork(reader.end(), { name: 'town' });
    };
    for (const read of [readNetwork, () => readSumoConfig(text)]) {
      try {
        read();
      } catch (error) {
        if (!(error instanceof NetworkError || error instanceof SumoError)) throw error;
      }
    }
  },
};

export const targets: readonly Target[] = [codec, envelope, frames, district, journal, traci, sumo];

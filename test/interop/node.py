#!/usr/bin/env python3
"""A small Greenwave node without lamps, that speaks as docs/PROTOCOL.md says.

It joins a district that others founded, is seen, acknowledges the log, votes, and leaves. It never
leads, and keeps nothing on disk: its store is a new one at every start, so no promise outlives it.
Standard library only. What it does it tells on standard output, one JSON object a line.

usage: node.py DISTRICT.json NODE [--for SECONDS] [--tcp-port PORT]
The district file must state `discovery` and `timing` in full.
"""
import argparse
import asyncio
import json
import secrets
import signal
import socket
import struct
import sys
import time

DATAGRAM_BYTES_MAX = 1400
FRAME_BYTES_MAX = 262144
ANSWER_S_MAX = 3
WINDOW = 1024
HOST = '127.0.0.1'


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False)


def digest(value):
    """FNV-1a of 64 bits over the canonical JSON text."""
    state = 0xCBF29CE484222325
    for byte in canonical(value).encode():
        state = ((state ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f'{state:016x}'


def tell(what, **more):
    print(json.dumps({'what': what, **more}), flush=True)


class Frames:
    """One TCP connection to each address; a frame that is not answered in time ends it."""

    def __init__(self):
        self.queues = {}

    def send(self, address, frame):
        if address not in self.queues:
            self.queues[address] = asyncio.Queue(1000)
            asyncio.ensure_future(self.carry(address, self.queues[address]))
        if not self.queues[address].full():
            self.queues[address].put_nowait(frame)

    async def carry(self, address, queue):
        writer = None
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(*address), 1.5)
            while True:
                writer.write(await queue.get() + b'\n')
                await writer.drain()
                if not await asyncio.wait_for(reader.readexactly(1), ANSWER_S_MAX):
                    return
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            if self.queues.get(address) is queue:
                del self.queues[address]
            if writer:
                writer.close()


class Node(asyncio.DatagramProtocol):
    def __init__(self, district, name, tcp_port):
        self.name = name
        self.district = district['name']
        self.timing = district['timing']
        self.discovery = district['discovery']
        self.contract = digest({'timing': self.timing, 'discovery': self.discovery})
        self.store = secrets.token_hex(8)
        self.incarnation = int(time.time() * 1000)
        self.counter = 0
        self.tcp_port = tcp_port
        self.phase = 'joining'
        self.group = ''
        self.peers = {}
        self.heard = {}
        self.frames = Frames()
        # Election.
        self.term = 0
        self.voted_for = None
        self.leader = None
        self.leader_heard = 0.0
        self.refused_poll = None
        # Log: entries after `base`, whose state is known.
        self.state = None
        self.base = (0, 0)
        self.entries = []
        self.commit = 0
        self.matched = 0
        self.nacked = 0.0
        self.fetched = (0, '')
        self.is_admitted = False
        self.was_voter = False
        self.answering = None

    # Bytes.

    def write(self, kind, payload):
        self.counter += 1
        return json.dumps({
            'type': kind, 'sender_id': self.name, 'timestamp': int(time.time()),
            'group': self.group, 'incarnation': self.incarnation, 'counter': self.counter,
            'payload': payload,
        }, separators=(',', ':'), ensure_ascii=False).encode()

    def say_all(self, kind, **payload):
        data = self.write(kind, payload)
        if len(data) <= DATAGRAM_BYTES_MAX:
            self.udp.sendto(data, (self.discovery['address'], self.discovery['port']))

    def say(self, to, kind, **payload):
        address = self.peers[to]['address'] if isinstance(to, str) and to in self.peers else to
        if isinstance(address, tuple):
            self.frames.send(address, self.write(kind, payload))

    def datagram_received(self, data, _):
        if len(data) <= DATAGRAM_BYTES_MAX:
            self.hear(data)

    async def serve(self, reader, writer):
        try:
            while True:
                frame = await reader.readuntil(b'\n')
                writer.write(b'\n')
                self.hear(frame[:-1])
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError,
                asyncio.CancelledError):
            pass  # The peer is gone, or this node ends.
        finally:
            writer.close()

    def hear(self, data):
        try:
            message = json.loads(data)
            kind, sender, payload = message['type'], message['sender_id'], message['payload']
            life, counter, group = (sender, message['incarnation']), message['counter'], message['group']
        except (ValueError, KeyError, TypeError):
            return
        if 'mac' in message or payload.get('district', self.district) != self.district:
            return
        if sender == self.name and payload.get('store') == self.store:
            return
        is_open = kind.split('.')[0] in ('wire', 'membership', 'genesis', 'merge') and kind not in (
            'membership.compare', 'membership.view')
        if not is_open and (self.group == '' or group != self.group or sender == self.name):
            return
        highest, seen = self.heard.get(life, (counter, set()))
        if counter in seen or counter <= highest - WINDOW:
            return
        seen.add(counter)
        highest = max(highest, counter)
        self.heard[life] = (highest, {one for one in seen if one > highest - WINDOW})
        known = self.peers.get(sender)
        if not is_open and known and known['incarnation'] != message['incarnation']:
            return
        handler = getattr(self, 'on_' + kind.replace('.', '_'), None)
        if handler:
            handler(sender, payload, message)

    # Who is here.

    def announce(self, asks=False):
        more = {'leader': self.leader} if self.leader else {}
        self.say_all('membership.announce', district=self.district, host=HOST, port=self.tcp_port,
                     store=self.store, phase=self.phase, asks=asks, versions=[1, 1],
                     contract=self.contract, term=self.term, **more)

    def answer_soon(self):
        def answer():
            self.answering = None
            self.announce()
        if not self.answering:
            wait = self.timing['joinAnnounceMs'] / 5000
            self.answering = asyncio.get_running_loop().call_later(wait, answer)

    def on_membership_announce(self, sender, said, message):
        if sender == self.name:
            return
        accepted = [said['contract'], said.get('next'), *said.get('former', [])]
        if self.contract not in accepted:
            tell('refused', peer=sender, reason='another contract')
            return
        if said['asks'] and self.phase == 'member':
            self.answer_soon()
        if self.group == '' and message['group'] != '' and self.phase == 'member':
            self.group = message['group']
            tell('joined', group=self.group)
            self.announce(asks=True)
        if said['phase'] != 'member' or message['group'] != self.group or self.group == '':
            return
        known = self.peers.get(sender)
        if known and known['incarnation'] > message['incarnation']:
            return
        self.peers[sender] = {'incarnation': message['incarnation'], 'store': said['store'],
                              'address': (said['host'], said['port'])}
        if not known or known['incarnation'] != message['incarnation']:
            tell('sees', peer=sender)

    def on_membership_goodbye(self, sender, _, message):
        known = self.peers.get(sender)
        if known and known['incarnation'] == message['incarnation']:
            del self.peers[sender]
            self.lose_leader(sender)

    def on_membership_challenge(self, sender, said, _):
        if sender == self.name and said['store'] != self.store and self.phase == 'member':
            self.say((said['reply']['host'], said['reply']['port']), 'membership.present',
                     store=self.store)

    def on_membership_present(self, sender, said, _):
        if sender == self.name:
            tell('duplicate', store=said['store'])
            sys.exit(1)

    # Who lives.

    def on_detector_probe(self, sender, said, _):
        self.say(sender, 'detector.alive', **said)

    def on_detector_ask(self, sender, said, _):
        self.say(said['peer'], 'detector.probe', **{'for': sender})

    def on_detector_alive(self, sender, said, message):
        if 'for' in said:
            self.say(said['for'], 'detector.vouch', peer=sender,
                     peerIncarnation=message['incarnation'])

    def on_detector_obituary(self, sender, said, _):
        if said['peer'] == self.name and said['peerIncarnation'] == self.incarnation:
            self.announce()

    def beat(self):
        more = {'leader': self.leader} if self.leader else {}
        self.say_all('detector.beat', term=self.term, store=self.store, index=self.matched,
                     commit=self.commit, **more)

    def on_detector_beat(self, sender, said, _):
        if said.get('leader') == sender:
            if self.follow(sender, said['term']):
                self.settle(said['commit'])
                if said['index'] > self.matched:
                    self.lack(self.matched)
        elif sender == self.leader and said['term'] == self.term:
            self.lose_leader(sender)

    # Who leads.

    def end(self):
        """Term and index of the last entry."""
        index = self.base[0] + len(self.entries)
        return (self.entries[-1]['term'] if self.entries else self.base[1], index)

    def log_end(self):
        term, index = self.end()
        return {'lastTerm': term, 'lastIndex': index}

    def is_up_to_date(self, said):
        return (said['lastTerm'], said['lastIndex']) >= self.end()

    def advance(self, term):
        if term > self.term:
            self.term, self.voted_for, self.leader = term, None, None
            self.matched = self.commit

    def follow(self, leader, term):
        if term < self.term:
            return False
        self.advance(term)
        if self.leader != leader:
            self.leader, self.matched, self.refused_poll = leader, self.commit, None
            tell('follows', leader=leader, term=term)
        self.leader_heard = time.monotonic()
        return True

    def lose_leader(self, leader):
        if self.leader != leader or leader is None:
            return
        self.leader = None
        tell('lost', leader=leader, term=self.term)
        if self.refused_poll:
            sender, said = self.refused_poll
            self.refused_poll = None
            if said['term'] > self.term and self.is_up_to_date(said):
                self.lean(sender, said['term'], True)

    def lean(self, to, term, granted):
        self.say(to, 'election.lean', term=term, store=self.store, granted=granted,
                 **self.log_end())

    def on_election_poll(self, sender, said, _):
        if self.leader:
            self.refused_poll = (sender, said)
            self.lean(sender, self.term, False)
            return
        granted = said['term'] > self.term and self.is_up_to_date(said)
        self.lean(sender, said['term'] if granted else self.term, granted)

    def on_election_claim(self, sender, said, _):
        is_repeated = said['term'] == self.term and sender == self.voted_for
        if self.leader and not said['transfer'] and not is_repeated:
            return
        # A leader's wish bears on a vote that can be given, and on nothing else.
        if self.leader and not is_repeated and not (
                said['term'] > self.term and self.is_up_to_date(said)):
            return
        self.advance(said['term'])
        granted = is_repeated
        if said['term'] == self.term and self.voted_for is None and self.is_up_to_date(said):
            self.voted_for = sender
            self.leader = None
            granted = True
            tell('votes', candidate=sender, term=self.term)
        self.say(sender, 'election.vote', term=self.term, store=self.store, granted=granted,
                 **self.log_end())

    # What is agreed.

    def voters(self):
        """A configuration counts from the moment its entry is in the log."""
        for entry in reversed(self.entries):
            if entry['command']['kind'] == 'voters.change':
                return entry['command']['voters']
        return self.state['voters'] if self.state else []

    def is_voter(self):
        return {'node': self.name, 'store': self.store} in self.voters()

    def term_at(self, index):
        if index == 0 and self.base[0] == 0:
            return 0
        if index == self.base[0]:
            return self.base[1]
        place = index - self.base[0] - 1
        return self.entries[place]['term'] if 0 <= place < len(self.entries) else None

    def acknowledge(self):
        if self.is_voter() and self.leader:
            if not self.was_voter:
                self.was_voter = True
                tell('voter')
            self.say(self.leader, 'replica.ack', term=self.term, store=self.store,
                     index=self.matched)
            tell('acknowledges', index=self.matched)

    def on_lease_renew(self, sender, said, _):
        if said['term'] == self.term and self.is_voter():
            self.say(sender, 'lease.grant', term=self.term, round=said['round'], store=self.store)

    def lack(self, index):
        now = time.monotonic()
        if self.state is None or now - self.nacked < self.timing['repairMs'] / 1000:
            return
        self.nacked = now
        self.say(self.leader, 'replica.nack', term=self.term, index=index)

    def settle(self, commit):
        if self.state is None:
            return
        for index in range(self.commit + 1, min(commit, self.matched) + 1):
            command = self.entries[index - self.base[0] - 1]['command']
            self.commit = index
            kind = command['kind']
            tell('commits', index=index, kind=kind)
            if kind == 'district.admit' and command['store'] == self.store:
                self.is_admitted = True
            if kind == 'district.dismiss' and command['node'] == self.name:
                self.is_admitted = False

    def on_replica_prepare(self, sender, said, _):
        if not self.follow(sender, said['term']) or self.state is None:
            return
        previous, entries = said['prevIndex'], said['entries']
        skipped = max(0, self.base[0] - previous)
        if skipped > len(entries):
            return
        previous, entries = previous + skipped, entries[skipped:]
        if skipped == 0 and self.term_at(previous) != said['prevTerm']:
            last = self.end()[1]
            self.lack(last if previous > last else self.commit)
            return
        for place, entry in enumerate(entries):
            index = previous + 1 + place
            if self.term_at(index) != entry['term']:
                self.entries = self.entries[:index - self.base[0] - 1] + entries[place:]
                self.nacked = 0.0
                break
        self.matched = max(self.matched, previous + len(entries))
        self.settle(said['commit'])
        if entries:
            self.acknowledge()

    def on_replica_chunk(self, sender, said, _):
        if sender != self.leader or said['index'] < self.commit:
            return
        index, text = self.fetched
        text = text if index == said['index'] else ''
        if said['offset'] != len(text):
            return
        text += said['data']
        if len(text) < said['total']:
            self.fetched = (said['index'], text)
            self.fetch()
            return
        self.fetched = (0, '')
        if self.term_at(said['index']) == said['indexTerm'] and self.state:
            self.entries = self.entries[said['index'] - self.base[0]:]
        else:
            self.entries = []
        self.state = json.loads(text)
        self.base = (said['index'], said['indexTerm'])
        self.commit = said['index']
        self.matched = max(self.matched, self.commit) if self.entries else self.commit
        self.is_admitted = any(member['store'] == self.store for member in self.state['members'])
        tell('restored', index=self.commit)

    def fetch(self):
        index, text = self.fetched
        self.say(self.leader, 'replica.fetch', term=self.term, index=index, offset=len(text))

    def on_replica_answer(self, sender, said, _):
        if said['problems'] and not said['transient']:
            tell('refused', peer=sender, reason='; '.join(said['problems']))

    # Time passes.

    async def every(self, milliseconds, do):
        while True:
            do()
            await asyncio.sleep(milliseconds / 1000)

    def look(self):
        if self.leader and time.monotonic() - self.leader_heard > self.timing['leaderSilenceMs'] / 1000:
            self.lose_leader(self.leader)

    def enrol(self):
        if self.leader is None:
            return
        if self.state is None:
            self.fetch()
        elif not self.is_admitted:
            self.say(self.leader, 'replica.propose', ticket=1, command={
                'kind': 'district.admit', 'node': self.name, 'store': self.store, 'links': []})

    async def run(self, seconds):
        loop = asyncio.get_running_loop()
        server = None
        while not server:
            try:
                server = await asyncio.start_server(self.serve, HOST, self.tcp_port,
                                                    limit=FRAME_BYTES_MAX + 1)
            except OSError:
                self.tcp_port += 1
        self.udp, _ = await loop.create_datagram_endpoint(lambda: self, sock=multicast(self.discovery))
        wait = self.timing['joinAnnounceMs'] / 1000
        for _ in range(3):
            self.announce(asks=True)
            await asyncio.sleep(wait)
        self.phase = 'member'
        self.announce(asks=True)
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        tasks = [asyncio.ensure_future(task) for task in (
            self.every(self.timing['announceMs'], lambda: self.announce(asks=self.group == '')),
            self.every(self.timing['beatMs'], lambda: self.group and self.beat()),
            self.every(50, self.look),
            self.every(self.timing['retryMs'], self.enrol),
        )]
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except asyncio.TimeoutError:
            pass
        for task in tasks:
            task.cancel()
        for _ in range(2):
            self.say_all('membership.goodbye', district=self.district, why='goodbye')
            await asyncio.sleep(wait / 5)
        tell('left')


def multicast(discovery):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((discovery['address'], discovery['port']))
    group, interface = socket.inet_aton(discovery['address']), socket.inet_aton(HOST)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack('4s4s', group, interface))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
    sock.setblocking(False)
    return sock


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument('district')
    options.add_argument('node')
    options.add_argument('--for', dest='seconds', type=float, default=None)
    options.add_argument('--tcp-port', type=int, default=None)
    given = options.parse_args()
    with open(given.district, encoding='utf-8') as file:
        district = json.load(file)
    if 'timing' not in district or 'discovery' not in district:
        sys.exit('the district file must state timing and discovery in full')
    port = given.tcp_port or district['discovery']['tcpPort']
    asyncio.run(Node(district, given.node, port).run(given.seconds))


if __name__ == '__main__':
    main()

/**
 * What `import … from 'greenwave'` gives: a node in your own program, a city on a virtual clock, and
 * the machines themselves. Everything here is what the commands are made of; nothing is made for
 * this list. What a district file says is in seconds and metres, what machines, clocks and this
 * code say in milliseconds, and each name ends in its unit.
 *
 * Two kinds of errors are thrown, and both list all that is wrong: `ConfigError` by `createNode` and
 * `runNode` (a node that the district does not name), `OperatorError` by whatever reads files or
 * takes places of the host (a district, keys, a store, a socket that is taken).
 */

// A node on this host, or on whatever it is handed.

export type { Clock, Suspension, WatchSuspension } from '../actors/clock.ts';
export { realClock } from '../actors/clock.ts';
export type { LampHandlers, LampPort, OpenLamps } from '../actors/lamps.ts';
export type { GreenwaveNode, NodeOptions, Reading } from '../actors/node.ts';
export { createNode } from '../actors/node.ts';
export type { Answer } from '../actors/operator.ts';
export type { HearSensors, OpenSensors, SensorPort } from '../actors/sensors.ts';
export type { Batch, Store } from '../actors/storage.ts';
export { volatileStore } from '../actors/storage.ts';
export { newIncarnation, newStoreId, openLevelStore } from '../bin/level-store.ts';
export { OperatorError, readDistrict } from '../bin/read-district.ts';
export type { End, RunNodeOptions, RunningNode } from '../bin/run-node.ts';
export { runNode } from '../bin/run-node.ts';

// The lamp driver, and bulbs of your own.

export type { LampDoor } from '../bin/lamp-port.ts';
export { lampsAt } from '../bin/lamp-port.ts';
export type { LampsOptions, RunningLamps, Shown } from '../bin/run-lamps.ts';
export { runLamps } from '../bin/run-lamps.ts';
export type { Door } from '../cabinet/address.ts';
export { CabinetError, cabinetSocket, sensorSocket } from '../cabinet/address.ts';
export type { Bulb, Bulbs, Switch } from '../cabinet/bulbs.ts';
export { bulbsOfHead, switchesFor } from '../cabinet/bulbs.ts';
export { fileHardware } from '../cabinet/file-hardware.ts';
export type { Hardware } from '../cabinet/hardware.ts';
export { memoryHardware } from '../cabinet/hardware.ts';
export { checkHardware } from '../cabinet/lamp-test.ts';
export type { Report } from '../cabinet/server.ts';

// The same nodes without the world.

export type { City, CityOptions } from '../simulation/city.ts';
export { createCity } from '../simulation/city.ts';
export type { Place } from '../simulation/place.ts';
export type { FaultLevel } from '../simulation/schedule.ts';
export type { Outcome, SimulateOptions } from '../simulation/simulate.ts';
export { simulate } from '../simulation/simulate.ts';
export type { TownOptions } from '../simulation/town.ts';
export { town } from '../simulation/town.ts';

// The machines: for each concern one, and the supervisor that starts them.

export { arrivalsMachine } from '../machines/arrivals.ts';
export { contractMachine } from '../machines/contract.ts';
export { coordinationMachine } from '../machines/coordination.ts';
export { demandMachine } from '../machines/demand.ts';
export { detectorMachine } from '../machines/detector.ts';
export { electionMachine } from '../machines/election.ts';
export { electorateMachine } from '../machines/electorate.ts';
export { enrolmentMachine } from '../machines/enrolment.ts';
export { genesisMachine } from '../machines/genesis.ts';
export { holderMachine } from '../machines/holder.ts';
export { leaseMachine } from '../machines/lease.ts';
export { membershipMachine } from '../machines/membership.ts';
export { mergeMachine } from '../machines/merge.ts';
export type { NodeInput } from '../machines/node.ts';
export { concerns, nodeMachine } from '../machines/node.ts';
export { phasesMachine } from '../machines/phases.ts';
export { replicaMachine } from '../machines/replica.ts';
export { scheduleMachine } from '../machines/schedule.ts';
export { timekeeperMachine } from '../machines/timekeeper.ts';
export { witnessMachine } from '../machines/witness.ts';

// The words, and who judges what is shown.

export type { Problem } from '../protocol/assert.ts';
export { ConfigError } from '../protocol/assert.ts';
export type { District } from '../protocol/check-district.ts';
export { checkDistrict, checkPlan } from '../protocol/check-district.ts';
export type { Command, State } from '../protocol/command.ts';
export type { DistrictFile, Group, Intersection, Link, Stage } from '../protocol/district.ts';
export type { BusEvent, Emitted, Fact, Message } from '../protocol/event.ts';
export type { JournalLine } from '../protocol/journal.ts';
export type { Judge, LampsSeen, Unsafe, Verdict } from '../protocol/judge.ts';
export { createJudge } from '../protocol/judge.ts';
export type { Lamp, Lamps } from '../protocol/lamp.ts';
export type { Plan } from '../protocol/plan.ts';
export type { Read } from '../protocol/readings.ts';
export { intersectionOf } from '../protocol/serving.ts';
export type { Discovery, Timing } from '../protocol/timing.ts';
export { discoveryDefault, lan } from '../protocol/timing.ts';

// The networks.

export type { Address, Handlers, Loss, Origin, Port, Transport } from '../transport/transport.ts';
export type { UdpTcpOptions } from '../transport/udp-tcp.ts';
export { udpTcp } from '../transport/udp-tcp.ts';

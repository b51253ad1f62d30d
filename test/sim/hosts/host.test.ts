import { describe, expect, it } from 'vitest';
import { Host, type HostClockOptions } from '../../../sim/hosts/index.js';
import { EPOCH_MS, Simulation } from '../../../sim/kernel/index.js';

function makeHost(clock?: HostClockOptions): { sim: Simulation; host: Host; log: string[] } {
  const sim = new Simulation({ seed: 1 });
  const log: string[] = [];
  const host = new Host(sim, {
    id: 'a',
    kind: 'backend',
    ...(clock && { clock }),
    boot: (each) => log.push(`boot ${each.incarnation}`),
  });
  return { sim, host, log };
}

describe('Host', () => {
  it('is made down and boots with each start', async () => {
    const { sim, host, log } = makeHost();
    expect(host.state).toBe('down');
    host.start();
    host.start();
    expect([host.state, host.incarnation]).toEqual(['up', 1]);
    host.crash();
    expect(host.state).toBe('down');
    host.restart(500);
    await sim.run({ untilUs: 1000 });
    expect([host.state, host.incarnation, ...log]).toEqual(['up', 2, 'boot 1', 'boot 2']);
  });

  it('lets timers die with their incarnation', async () => {
    const { sim, host, log } = makeHost();
    host.start();
    host.after(100, () => log.push('old'));
    sim.at(50, () => host.restart(10));
    sim.at(70, () => host.after(100, (arg: string) => log.push(arg), 'new'));
    await sim.run({ untilUs: 1000 });
    expect(log).toEqual(['boot 1', 'boot 2', 'new']);
  });

  it('gives dead timers on a host that is down', async () => {
    const { sim, host, log } = makeHost();
    const timer = host.after(1, () => log.push('never'));
    expect(timer.pending).toBe(false);
    host.start();
    await sim.run({ untilUs: 10 });
    expect(log).toEqual(['boot 1']);
  });

  it('cancels timers, also those that wait in a pause', async () => {
    const { sim, host, log } = makeHost();
    host.start();
    const early = host.after(10, () => log.push('early'));
    const waiting = host.after(30, () => log.push('waiting'));
    expect(host.cancelTimer(early)).toBe(true);
    expect(host.cancelTimer(early)).toBe(false);
    host.pause(100);
    sim.at(50, () => expect(host.cancelTimer(waiting)).toBe(true));
    await sim.run({ untilUs: 1000 });
    expect(log).toEqual(['boot 1']);
  });

  it('keeps timers and arrivals of a pause in the order in which they were due', async () => {
    const { sim, host, log } = makeHost();
    const note = (what: string): void => void log.push(`${what}@${sim.nowUs}`);
    host.start();
    host.after(20, note, 'timer20');
    host.after(40, note, 'timer40');
    sim.at(10, () => host.pause(90));
    sim.at(30, () => host.execute(note, 'arrival30'));
    sim.at(100, () => host.execute(note, 'arrival100'));
    await sim.run({ untilUs: 1000 });
    expect(log.slice(1)).toEqual(['timer20@100', 'arrival30@100', 'timer40@100', 'arrival100@100']);
  });

  it('stays ready only when nothing of a pause waits, so that nothing overtakes', async () => {
    const { sim, host, log } = makeHost();
    host.start();
    host.pause(10);
    host.execute((arg: string) => {
      log.push(arg);
      host.execute((nested: string) => log.push(nested), 'nested');
    }, 'first');
    host.execute((arg: string) => log.push(arg), 'second');
    await sim.run({ untilUs: 100 });
    expect(log.slice(1)).toEqual(['first', 'second', 'nested']);
    expect(host.ready).toBe(true);
  });

  it('takes pauses that overlap as one that ends with the last', async () => {
    const { sim, host } = makeHost();
    const changes: string[] = [];
    host.onPause(() => changes.push(`pause@${sim.nowUs}`));
    host.onResume(() => changes.push(`resume@${sim.nowUs}`));
    host.start();
    host.pause(100);
    sim.at(50, () => host.pause(10));
    sim.at(60, () => host.pause(100));
    await sim.run({ untilUs: 1000 });
    expect(changes).toEqual(['pause@0', 'resume@160']);
  });

  it('stops the run of what has waited when it is paused again, and goes on later', async () => {
    const { sim, host, log } = makeHost();
    host.start();
    host.pause(10);
    host.execute(() => host.pause(10), undefined);
    host.execute((arg: string) => log.push(`${arg}@${sim.nowUs}`), 'rest');
    await sim.run({ untilUs: 100 });
    expect(log.slice(1)).toEqual(['rest@20']);
  });

  it('forgets in a crash what has waited', async () => {
    const { sim, host, log } = makeHost();
    host.start();
    host.pause(Number.POSITIVE_INFINITY);
    host.execute(() => log.push('lost'), undefined);
    host.restart(5);
    await sim.run({ untilUs: 100 });
    expect(log).toEqual(['boot 1', 'boot 2']);
    expect(host.execute(() => log.push('now'), undefined)).toBe(true);
    host.crash();
    expect(host.execute(() => log.push('never'), undefined)).toBe(false);
    expect(log).toEqual(['boot 1', 'boot 2', 'now']);
  });

  it('drops a restart that something else has overtaken', async () => {
    const { sim, host, log } = makeHost();
    host.start();
    host.restart(100);
    sim.at(10, () => host.start());
    sim.at(20, () => host.crash());
    await sim.run({ untilUs: 1000 });
    expect([host.state, ...log]).toEqual(['down', 'boot 1', 'boot 2']);
  });

  it('tells which incarnation is alive', () => {
    const { host } = makeHost();
    host.start();
    expect(host.isAlive(1)).toBe(true);
    host.pause(5);
    expect(host.isAlive(1)).toBe(true);
    host.crash();
    expect(host.isAlive(1)).toBe(false);
    host.start();
    expect([host.isAlive(1), host.isAlive(2)]).toEqual([false, true]);
  });

  it('reads a clock with offset, drift and jumps', async () => {
    const { sim, host } = makeHost({ offsetMs: 250, driftPpm: 100 });
    host.start();
    expect(host.nowMs()).toBe(EPOCH_MS + 250);
    await sim.run({ untilUs: 10_000_000 });
    sim.at(10_000_000, () => undefined);
    await sim.run({ untilUs: 10_000_000 });
    expect(host.nowMs()).toBe(EPOCH_MS + 10_000 + 250 + 1);
    host.jumpClock(-1000);
    expect(host.nowMs()).toBe(EPOCH_MS + 9_251);
    host.setClockDrift(0);
    expect(host.nowMs()).toBe(EPOCH_MS + 9_251);
  });

  it('runs timers by its drifting clock', async () => {
    const { sim, host } = makeHost({ driftPpm: 1000 });
    host.start();
    let firedUs = 0;
    host.after(1_001_000, () => {
      firedUs = sim.nowUs;
    });
    await sim.run({ untilUs: 2_000_000 });
    expect(firedUs).toBe(1_000_000);
  });
});

import type { DeviceOptions } from '../../core/media/device-conditions.js';
import { type NetworkOptions, resolveNetworkOptions } from '../net/index.js';
import type { Scenario } from '../scenario/index.js';

/** Devices report as often as the scenario says; in the background half as often, and at most every 2 s (B3). */
export function deviceOptionsOf({ media, population }: Scenario): Partial<DeviceOptions> {
  const { reportEveryMs } = media;
  return {
    reportEveryMs,
    backgroundReportEveryMs: Math.max(reportEveryMs, Math.min(2 * reportEveryMs, 2_000)),
    gestureNeeded: population.devices?.gestureNeeded ?? false,
  };
}

const networkOptions = new WeakMap<Scenario, NetworkOptions>();

/** The network's part of a scenario, checked once. */
export function networkOptionsOf(scenario: Scenario): NetworkOptions {
  let options = networkOptions.get(scenario);
  if (!options) {
    const {
      clientProfiles: _profiles,
      clientSites: _sites,
      traceFiles: _files,
      relay: _relay,
      ...rest
    } = scenario.network;
    options = resolveNetworkOptions(rest);
    networkOptions.set(scenario, options);
  }
  return options;
}

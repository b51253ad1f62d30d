import type { VirtualClient } from './virtual-client.js';

/** A person can do something only while the device is awake; with a sleeping one, at resume. */
export function act(client: VirtualClient, action: () => void): void {
  if (client.host.state === 'paused') client.host.execute(action, undefined);
  else action();
}

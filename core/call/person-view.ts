import type { CallView, LastCall, PersonView } from './call-protocol.js';
import type { CallRecord, PersonRecord } from './call-record.js';

/**
 * What a person is shown.
 * @param call the call the person has a part in
 * @param nowMs version of what does not exist: somebody who is off has no record
 */
export function personView(person: PersonRecord, call: CallRecord | null, nowMs: number): PersonView {
  return {
    version: person.version > 0 ? person.version : nowMs,
    state: person.state,
    org: person.org,
    call: call && callView(call),
    last: lastCall(person.last),
  };
}

function callView({ id, state, org, caller, answeredBy, channelId }: CallRecord): CallView {
  return { callId: id, state, org, caller, answeredBy, channelId: answeredBy === '' ? 0 : channelId };
}

function lastCall(text: string): LastCall | null {
  if (text === '') return null;
  const [callId, state, reason] = text.split('|');
  return { callId: callId!, state: state as LastCall['state'], reason: reason! };
}

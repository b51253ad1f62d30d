/** Why the media server does not do what it was asked for. Clients decide by it what to do next. */
export type SfuRefusalCode =
  | 'invalid' // not a message of the protocol, or outside its limits: never try again
  | 'rate-limited' // more messages than allowed: later
  | 'unauthorized' // the token is not good for this, or the thing is somebody else's
  | 'unknown-room' // never created, or gone with its last member: create it again
  | 'not-joined' // this connection is not in the room: join first
  | 'unknown-transport'
  | 'unknown-publisher'
  | 'unknown-consumer'
  | 'gone' // it was there once: nothing is left to do
  | 'not-connected' // the transport has to be connected first
  | 'ssrc-in-use' // another track of this session has it
  | 'room-full'
  | 'server-full' // another node may have room
  | 'too-many-rooms' // of this user
  | 'too-many-publishers' // of this session
  | 'audio-only' // no video while the server is under pressure
  | 'unavailable' // part of the server fails: later
  | 'failed'; // our fault

/** A request that is refused. The room goes on. */
export class SfuRefusal extends Error {
  constructor(
    readonly code: SfuRefusalCode,
    message: string,
  ) {
    super(message);
    this.name = 'SfuRefusal';
  }
}

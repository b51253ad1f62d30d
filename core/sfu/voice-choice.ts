/** A voice that could be sent. */
export interface Candidate<Voice> {
  readonly voice: Voice;
  /** How much it has talked in the last seconds, 0..1, and in the last one or half. */
  readonly activity: number;
  readonly lately: number;
}

/** Who talks for less than this share of the time does not count as a talker. */
export const TALKER = 0.15;
/** Who talks so much more than one who has a place, as a share of the time, takes it ... */
const AHEAD = 0.25;
/** ... when that one has had it for so long. Unit: ms. */
const PLACE_MS = 3_000;

/**
 * Which voices a listener is sent when it cannot be sent all: the dominant ones (last-N). There are as many places as {@link VoiceLimit} says. Who has a place keeps it,
 * also in a silence, until another talks: first who is silent makes room, then who has talked clearly less for a while. So those who talk as much as each other do not take
 * turns every second.
 */
export class VoiceChoice<Voice> {
  /** Who has a place, and since when. */
  protected readonly places = new Map<Voice, number>();

  /** Whether a voice is sent. Only while there are fewer places than voices. */
  has(voice: Voice): boolean {
    return this.places.has(voice);
  }

  /**
   * Gives out the places anew.
   * @param candidates everybody who could be sent; ties in activity go to the first
   * @param places at least 1
   */
  choose(atMs: number, candidates: readonly Candidate<Voice>[], places: number): void {
    const activity = new Map(candidates.map((each) => [each.voice, each.activity]));
    for (const voice of [...this.places.keys()]) if (!activity.has(voice)) this.places.delete(voice);
    const ranked = [...candidates].sort((one, other) => other.activity - one.activity);
    const holders = () => ranked.filter(({ voice }) => this.places.has(voice));
    for (const { voice } of holders().slice(places)) this.places.delete(voice);
    for (const { voice, activity: talk, lately } of ranked) {
      if (this.places.has(voice)) continue;
      if (this.places.size < places) {
        this.places.set(voice, atMs);
        continue;
      }
      if (lately < TALKER) continue;
      const quiet = holders().findLast((holder) => this.yields(holder, talk, atMs));
      if (quiet === undefined) continue;
      this.places.delete(quiet.voice);
      this.places.set(voice, atMs);
    }
  }

  /** Everybody is sent again. */
  clear(): void {
    if (this.places.size > 0) this.places.clear();
  }

  protected yields({ voice, activity, lately }: Candidate<Voice>, talk: number, atMs: number): boolean {
    if (lately < TALKER) return true;
    return talk - activity >= AHEAD && atMs - (this.places.get(voice) as number) >= PLACE_MS;
  }
}

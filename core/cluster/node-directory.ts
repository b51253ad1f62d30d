/** What a backend knows of the SFU nodes at the moment. It may be a second old: decisions carry epochs. */
export interface NodeDirectory {
  alive(node: string): boolean;
  /**
   * A node for a new room, or null when none is alive and takes rooms. `avoid` is used only if there is no other.
   * @param members how many people will come along, as far as known; default 1
   */
  choose(avoid: string | null, members?: number): string | null;
  /** It takes nobody new. Default: never. */
  full?(node: string): boolean;
  /** It has just refused a room because it takes no more. Default: nobody remembers. */
  refused?(node: string): void;
  /** It is to be left, in peace. Default: never. */
  draining?(node: string): boolean;
}

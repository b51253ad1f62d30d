/** What a backend knows of the SFU nodes at the moment. It may be a second old: decisions carry epochs. */
export interface NodeDirectory {
  alive(node: string): boolean;
  /** A node for a new room, or null when none is alive. `avoid` is used only if there is no other. */
  choose(avoid: string | null): string | null;
}

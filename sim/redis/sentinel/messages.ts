/** What sentinels and clients say to a sentinel. Real sentinels exchange greetings over pub/sub of the servers they watch; ours directly. */
export type SentinelMessage =
  | { readonly kind: 'locate' }
  | { readonly kind: 'located'; readonly primary: string }
  /** `SENTINEL IS-MASTER-DOWN-BY-ADDR`; `candidate` asks for a vote in `epoch` when it is not null. */
  | { readonly kind: 'ask'; readonly primary: string; readonly epoch: number; readonly candidate: string | null }
  | {
      readonly kind: 'answer';
      readonly primary: string;
      readonly down: boolean;
      readonly leader: string | null;
      readonly leaderEpoch: number;
    }
  /** Who the primary is, since which configuration epoch. */
  | { readonly kind: 'hello'; readonly epoch: number; readonly primary: string; readonly configEpoch: number };

import { Views } from '../../../core/backend/views.js';
import { VoiceBackend } from '../../../core/backend/voice-backend.js';
import { Admission, type JoinRequest, type JoinResult } from '../../../core/channel/admission.js';
import type { ChannelDraft } from '../../../core/channel/channel-draft.js';
import type { ChannelRecord } from '../../../core/channel/channel-record.js';
import type { RuleContext } from '../../../core/channel/channel-rules.js';
import { ModeChoice } from '../../../core/channel/mode-choice.js';
import { ModeController } from '../../../core/client/mode-controller.js';
import type { PlayedPath } from '../../../core/client/ports.js';
import { keys } from '../../../core/keys.js';
import { Migrations } from '../../../core/migration/migrations.js';
import type { RedisCommand } from '../../../core/ports.js';
import type { ChannelView, Member, ServerMessage } from '../../../core/protocol.js';
import { ChannelLock, type Lease } from '../../../core/store/channel-lock.js';
import { ChannelStore } from '../../../core/store/channel-store.js';
import { RevocationWatch } from '../../../core/token/revocation-watch.js';
import type { SfuParticipant } from '../../../sim/sfu/index.js';
import type { Replacements } from '../../../sim/world/world.js';

/** One collaborator that does its work wrong, in an otherwise correct core. */
export interface Variant {
  readonly what: string;
  readonly collaborators: Replacements;
}

type ControllerOptions = ConstructorParameters<typeof ModeController>[0];

// ---- lock and store

/** Counts nobody who comes. */
class UncountedRooms extends ChannelStore {
  protected override writeCounted(
    lease: Lease,
    baseVersion: number,
    _comers: readonly string[],
    commands: readonly RedisCommand[],
  ): Promise<boolean> {
    return this.write(lease, baseVersion, commands);
  }
}

export const roomsUncounted: Variant = {
  what: 'a store that lets users into rooms without counting them',
  collaborators: { ChannelStore: UncountedRooms },
};

/** Takes the lock even if somebody has it. */
class GreedyLock extends ChannelLock {
  override async acquire(channelId: number): Promise<Lease> {
    const token = this.random.unique();
    await this.redis.call('SET', keys.lock(channelId), token, 'PX', this.policy.lockTtlMs);
    return { channelId, token };
  }
}

const UNFENCED = `local i = 1
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  redis.call(unpack(ARGV, i + 1, i + n))
  i = i + n + 1
end
return 1`;

/** Writes in one piece, but without asking whether the lock is still held. */
class UnfencedStore extends ChannelStore {
  override async commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
    const commands = [...draft.commands(roomRetireMs), ['DEL', keys.lock(lease.channelId)]];
    const words = commands.flatMap((command) => [command.length, ...command]);
    await this.redis.call('EVAL', UNFENCED, 0, ...words);
    return true;
  }
}

export const greedyLock: Variant = {
  what: 'a lock that everybody gets, and a store without a fence',
  collaborators: { ChannelLock: GreedyLock, ChannelStore: UnfencedStore },
};

/** Leaves rooms to themselves. */
class ForgetfulStore extends ChannelStore {
  override commit(lease: Lease, draft: ChannelDraft): Promise<boolean> {
    return super.commit(lease, draft, 1e12);
  }
}

export const roomsForgotten: Variant = {
  what: 'a store that never has the room stopped that a channel has left',
  collaborators: { ChannelStore: ForgetfulStore },
};

/** Breaks a lock that it finds taken, rather than wait. */
class ImpatientLock extends ChannelLock {
  override async acquire(channelId: number): Promise<Lease> {
    const token = this.random.unique();
    const key = keys.lock(channelId);
    while ((await this.redis.call('SET', key, token, 'NX', 'PX', this.policy.lockTtlMs)) !== 'OK')
      await this.redis.call('DEL', key);
    return { channelId, token };
  }
}

export const lockBroken: Variant = {
  what: 'a lock that is broken by whoever finds it taken, above a store that heeds the fence',
  collaborators: { ChannelLock: ImpatientLock },
};

// ---- admission

const admission = (Broken: typeof Admission): Replacements => ({ Admission: Broken });

export const leaveForgotten: Variant = {
  what: 'an admission that forgets to take out who leaves',
  collaborators: admission(
    class extends Admission {
      override leave(): void {}
    },
  ),
};

export const queueNeverDrained: Variant = {
  what: 'an admission that lets nobody in who has waited',
  collaborators: admission(
    class extends Admission {
      override admitNext(): boolean {
        return false;
      }
    },
  ),
};

/** Says yes to everybody, and remembers only those who come while nobody waits. */
export const queuedJoinDropped: Variant = {
  what: 'an admission that drops the joins of a migration',
  collaborators: admission(
    class extends Admission {
      override join(context: RuleContext, request: JoinRequest): JoinResult {
        if (context.draft.record.members.size >= 3 && !context.draft.record.members.has(request.userId))
          return { outcome: 'queued', position: 1 };
        return super.join(context, request);
      }
    },
  ),
};

export const oldestTabStays: Variant = {
  what: 'an admission that sends away the second tab of a member',
  collaborators: admission(
    class extends Admission {
      override join(context: RuleContext, request: JoinRequest): JoinResult {
        const member = context.draft.record.members.get(request.userId);
        if (member && member.sessionId !== request.sessionId) return { outcome: 'replaced' };
        return super.join(context, request);
      }
    },
  ),
};

/** What the core did until a model-based path went there. */
export const queueRetaken: Variant = {
  what: 'an admission that takes a queued join that is said again for a new one',
  collaborators: admission(
    class extends Admission {
      override join(context: RuleContext, { userId, sessionId, connection }: JoinRequest): JoinResult {
        return super.join(context, { userId, sessionId, connection });
      }
    },
  ),
};

/** A list in which the last who came is left out, for all but the first. */
class IncompleteViews extends Views {
  override of(record: ChannelRecord, userId: string): ChannelView {
    const view = super.of(record, userId);
    return view.roster.length > 2 && view.roster[0]?.userId !== userId
      ? {
          ...view,
          roster: view.roster.filter((member, index) => index < view.roster.length - 1 || member.userId === userId),
        }
      : view;
  }
}

export const listIncomplete: Variant = {
  what: 'views that leave out the last of the members',
  collaborators: { Views: IncompleteViews },
};

/** Wants the other mode, always. */
export const neverContent: Variant = {
  what: 'a choice of mode that always wants the other one',
  collaborators: {
    ModeChoice: class extends ModeChoice {
      override decide(context: RuleContext): boolean {
        const { record } = context.draft;
        if (record.members.size < 3) return false;
        if (record.mode === 'p2p') this.migrations.start(context, 'sfu', this.nodes.choose(null));
        else this.migrations.start(context, 'p2p', null);
        return true;
      }
    },
  },
};

// ---- migrations

const migrations = (Broken: typeof Migrations): Replacements => ({ Migrations: Broken });

export const completedEarly: Variant = {
  what: 'a migration that is over when the first member is ready',
  collaborators: migrations(
    class extends Migrations {
      override ready(context: RuleContext, userId: string, sessionId: string, epoch: number): void {
        super.ready(context, userId, sessionId, epoch);
        for (const member of context.draft.record.members.values())
          super.ready(context, member.userId, member.sessionId, epoch);
      }

      override targetSeen(context: RuleContext, epoch: number): void {
        super.targetSeen(context, epoch, [...context.draft.record.members.keys()]);
      }
    },
  ),
};

export const neverOver: Variant = {
  what: 'a migration that heeds neither acknowledgements nor deadlines',
  collaborators: migrations(
    class extends Migrations {
      override advance(context: RuleContext): boolean {
        return context.draft.record.migration?.state !== 'migrating' && super.advance(context);
      }
    },
  ),
};

export const acknowledgementsForgotten: Variant = {
  what: 'a migration that does not note who is ready',
  collaborators: migrations(
    class extends Migrations {
      override ready(): void {}
    },
  ),
};

export const meshForEver: Variant = {
  what: 'a choice of mode that is content with any mesh',
  collaborators: {
    ModeChoice: class extends ModeChoice {
      protected override fromMesh(): boolean {
        return false;
      }
    },
  },
};

// ---- clients

/** A client that follows whatever view comes last, on a way on which messages overtake each other. */
class OvertakenController extends ModeController {
  override onMessage(message: ServerMessage): void {
    if (message.type !== 'channel') {
      super.onMessage(message);
      return;
    }
    const { timers, random } = this.options.ports;
    timers.after(500 * random.uniform(), () => this.follow(message));
  }

  protected follow(message: ServerMessage): void {
    super.onMessage(message);
  }
}

class RestlessController extends OvertakenController {
  protected override follow(message: ServerMessage): void {
    // forgets what it has seen, so that nothing is too old for it
    if (this.state === 'in') (this as unknown as { view: unknown }).view = null;
    super.follow(message);
  }
}

/** Correct: views that come too late are left alone. */
export const overtaken: Variant = {
  what: 'views that overtake each other on their way to a correct client',
  collaborators: { ModeController: OvertakenController },
};

export const olderViews: Variant = {
  what: 'a client that applies older views',
  collaborators: { ModeController: RestlessController },
};

/** Notes the links to peers that it opens, and closes them together with its first `ready`. */
class HastyController extends ModeController {
  constructor(options: ControllerOptions) {
    const { ports } = options;
    const open = new Map<string, Member>();
    super({
      ...options,
      ports: {
        ...ports,
        peers: {
          open: (peer) => {
            open.set(peer.sessionId, peer);
            ports.peers.open(peer);
          },
          close: (peer) => {
            open.delete(peer.sessionId);
            ports.peers.close(peer);
          },
        },
        send: (message) => {
          if (message.type === 'ready') for (const peer of open.values()) ports.peers.close(peer);
          return ports.send(message);
        },
      },
    });
  }
}

export const oldPathClosedAtOnce: Variant = {
  what: 'a client that gives up the mesh as soon as it has reached the SFU itself',
  collaborators: { ModeController: HastyController },
};

class EchoController extends ModeController {
  override playedPath(userId: string): PlayedPath {
    return super.playedPath(userId) === 'none' ? 'none' : ('both' as PlayedPath);
  }
}

export const playsBoth: Variant = {
  what: 'a client that plays all paths it has',
  collaborators: { ModeController: EchoController },
};

class HoardingController extends ModeController {
  constructor(options: ControllerOptions) {
    const { ports } = options;
    super({
      ...options,
      ports: { ...ports, peers: { open: (peer) => ports.peers.open(peer), close: () => undefined } },
    });
  }
}

export const meshNeverClosed: Variant = {
  what: 'a client that never closes a peer-to-peer link',
  collaborators: { ModeController: HoardingController },
};

/** A controller that does not hear some messages. */
const deaf = (misses: (message: ServerMessage) => boolean): Replacements => ({
  ModeController: class extends ModeController {
    override onMessage(message: ServerMessage): void {
      if (!misses(message)) super.onMessage(message);
    }
  },
});

export const switchMissed: Variant = {
  what: 'a client that takes part in a migration and misses its end',
  collaborators: deaf((message) => message.type === 'channel' && message.view.mode === 'sfu'),
};

export const secondTabMissed: Variant = {
  what: 'a client that is not told that another tab has taken its place',
  collaborators: deaf((message) => message.type === 'removed'),
};

// ---- tokens and degradation

class BlindWatch extends RevocationWatch<SfuParticipant> {
  protected override async look(): Promise<void> {}
}

export const revocationsMissed: Variant = {
  what: 'a node that does not hear of revocations',
  collaborators: { RevocationWatch: BlindWatch },
};

export const degradationUntold: Variant = {
  what: 'a backend that tells nobody that it does not reach the store',
  collaborators: {
    VoiceBackend: class extends VoiceBackend {
      protected override setStoreUp(up: boolean): void {
        this.storeUp = up;
      }
    },
  },
};

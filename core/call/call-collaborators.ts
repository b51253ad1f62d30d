import { CallDesk } from './call-desk.js';
import { CallKeeper } from './call-keeper.js';
import { CallRules } from './call-rules.js';
import { CallStore } from './call-store.js';

/** The classes that ringing is composed of. Any of them can be replaced by one that does the same work differently. */
export const callCollaborators = { CallStore, CallDesk, CallRules, CallKeeper } as const;

export type CallCollaborators = { readonly [Name in keyof typeof callCollaborators]: (typeof callCollaborators)[Name] };

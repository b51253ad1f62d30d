export { type CheckOptions, checkLinearizability } from './check.js';
export { checkByKey, type KeyVerdict } from './check-by-key.js';
export type { Model, Step } from './model.js';
export { type AcceptOnceInput, type AcceptOnceOutput, acceptOnce } from './models/accept-once.js';
export { type LockInput, leasedLock } from './models/leased-lock.js';
export { type MemberSetInput, type MemberSetOutput, memberSet } from './models/member-set.js';
export { type RegisterInput, type RegisterOutput, register } from './models/register.js';
export type { Operation } from './operation.js';
export type { Verdict } from './verdict.js';

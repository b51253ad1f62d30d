import { z } from 'zod';
import { LAYER_NAMES } from '../../media/layers.js';
import { identifierProblem, nameProblem, userIdProblem } from '../../validation.js';

/** Longest message, in characters, before it is read at all. */
export const MESSAGE_LENGTH_MAX = 65_536;
export const SDP_LENGTH_MAX = 20_000;
export const CANDIDATE_LENGTH_MAX = 1_000;
export const TOKEN_LENGTH_MAX = 4_000;
/** Encodings of one track. */
export const ENCODINGS_MAX = LAYER_NAMES.length;

const checked = (problem: (value: string) => string | null) =>
  z.string().superRefine((value, context) => {
    const message = problem(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** Ids of rooms: at most 100 letters, digits or `-` (B9). */
export const roomId = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'room id must be 1 to 100 letters, digits or -');
export const identifier = checked((value) => identifierProblem(value, 'id'));
export const userId = checked(userIdProblem);
/** Shown to other people: no markup. */
export const displayName = checked(nameProblem);
export const token = z.string().min(1).max(TOKEN_LENGTH_MAX);
export const layer = z.enum(LAYER_NAMES);
export const kind = z.enum(['audio', 'video']);
export const sdp = z.string().min(1).max(SDP_LENGTH_MAX);
export const candidate = z.string().max(CANDIDATE_LENGTH_MAX);
/** 32 bits; 0 is no SSRC. */
export const ssrc = z.int().min(1).max(0xffff_ffff);
/** Rate in kbit/s. */
export const rateKbps = z.number().min(0).max(10_000_000);
/** Share, 0..1. */
export const share = z.number().min(0).max(1);

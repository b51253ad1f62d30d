import { Forwarder } from '../../../core/sfu/forwarder.js';
import { LayerSelection } from '../../../core/sfu/layer-selection.js';
import { MediaClient } from '../../../core/sfu/media-client.js';
import { MediaServer } from '../../../core/sfu/media-server.js';
import { Router } from '../../../core/sfu/router.js';

/** The classes that forward voice on an SFU node, and what a client says to it. Any of them can be replaced by one that does the same work differently. */
export const sfuClasses = { MediaServer, MediaClient, Router, Forwarder, LayerSelection } as const;

export type SfuClasses = { readonly [Name in keyof typeof sfuClasses]: (typeof sfuClasses)[Name] };

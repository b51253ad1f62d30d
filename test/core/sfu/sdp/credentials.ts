import type { TransportCredentials } from '../../../../core/sfu/sdp/index.js';

export const credentials: TransportCredentials = {
  iceUsernameFragment: 'abcd',
  icePassword: '0123456789abcdefghijkl',
  fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') },
};

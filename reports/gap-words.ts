/** Results with voice know two kinds of gaps; each says what it counts where both are shown. */
export const GAPS_OF_CONNECTIONS = 'no working connection to a talker, whether anything was said or not';
export const GAPS_OF_VOICE = 'something was said and not heard, over a working connection or none';

/** Why a person who is present cannot be asked. */
export const UNSEEN = "because standard error is not a terminal";

/** How to make the question visible. */
export const SEEN = 'It asks with "| tee log", without "2>&1".';

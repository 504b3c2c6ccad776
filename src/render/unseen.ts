/** Why a person who is there cannot be asked. */
export const UNSEEN = "because standard error is not a terminal";

/** How the question is seen. */
export const SEEN = 'It asks with "| tee log", without "2>&1".';

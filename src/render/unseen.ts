/** Why a person who is present cannot be asked. */
export const UNSEEN = "because standard error is not a terminal";

/** How to make the question visible. */
export const SEEN = 'To be asked, use "| tee log" without "2>&1".';

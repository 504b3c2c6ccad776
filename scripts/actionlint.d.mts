export function builtActionlint(): Promise<string | undefined>;

export function makeSbom(): Promise<string>;

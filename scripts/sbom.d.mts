export function makeSbom(bundled: readonly string[]): Promise<string>;

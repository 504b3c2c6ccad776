export function sectionOf(changelog: string, version: string): string | undefined;
export function obstacles(root: string, tag?: string): Promise<string[]>;

export function buildFleetPage(): Promise<string>;

/** What there is to say of YAML files and their schemas. */
export const YAML = {} as const;

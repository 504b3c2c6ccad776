export const YAML_WORDS = {};

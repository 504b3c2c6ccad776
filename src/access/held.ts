import { SecretValue } from "../model/secret-value.js";

/** A credential that was read or received, made known as a value to whoever masks values. */
export function held(credential: string): string {
  return new SecretValue(credential).reveal();
}

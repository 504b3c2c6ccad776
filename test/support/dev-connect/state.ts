import { type Item, newId, toItem } from "./item.js";

/** A field of an initial item. */
export interface DevConnectField {
  readonly label: string;
  readonly value?: string;
  /** The label of its section. */
  readonly section?: string;
  /** For fields that 1Password itself adds to an item: NOTES, USERNAME or PASSWORD. */
  readonly purpose?: string;
}

export interface DevConnectItem {
  readonly title: string;
  readonly category?: string;
  readonly state?: "ARCHIVED";
  readonly fields?: readonly DevConnectField[];
}

export interface DevConnectVault {
  readonly title: string;
  /** Whether it is hidden from the token. */
  readonly outOfScope?: boolean;
  readonly items?: readonly DevConnectItem[];
}

export interface Vault {
  readonly id: string;
  readonly title: string;
  readonly outOfScope: boolean;
  readonly createdAt: string;
  contentVersion: number;
  readonly items: Map<string, Item>;
}

export type State = ReadonlyMap<string, Vault>;

/** The initial vaults of a server. */
export function newState(vaults: readonly DevConnectVault[], now: Date): State {
  const made = vaults.map(({ title, outOfScope = false, items = [] }): Vault => {
    const id = newId();
    const kept = items.map((item) => seedItem(id, item, now));
    return {
      id,
      title,
      outOfScope,
      createdAt: now.toISOString(),
      contentVersion: kept.length,
      items: new Map(kept.map((item) => [item.id, item])),
    };
  });
  return new Map(made.map((vault) => [vault.id, vault]));
}

/** Each section is where its label first occurs. */
function seedItem(
  vault: string,
  { title, category = "SECURE_NOTE", state, fields = [] }: DevConnectItem,
  now: Date,
): Item {
  const labels = [...new Set(fields.flatMap(({ section }) => (section === undefined ? [] : [section])))];
  const sections = labels.map((label) => ({ id: newId(), label }));
  const body = {
    title,
    category,
    vault: { id: vault },
    sections,
    fields: fields.map(({ label, value, section, purpose }) => {
      const id = sections.find((candidate) => candidate.label === section)?.id;
      return { label, type: "CONCEALED", value, purpose, ...(id === undefined ? {} : { section: { id } }) };
    }),
  };
  return { ...toItem(vault, body, undefined, now), ...(state === undefined ? {} : { state }) };
}

import { type DevConnect, type DevConnectItem, startDevConnect } from "./dev-connect/index.js";

/** The 1Password vault of the transcripts. */
export const VAULT_TITLE = "Secrets of demo";

export const section = (name: string, fields: Readonly<Record<string, string>>) =>
  Object.entries(fields).map(([label, value]) => ({ label, value, section: name }));

/** The secrets.yaml of an application whose values are in 1Password in plain form, in base64, and as clients. */
export const EVERY_KIND =
  "plain: {description: x}\nencoded: {description: x, onepassword: {encoded: true}}\n" +
  "clients: {description: x, generate: {type: oidc-clients}}\n";

/** What that application, and the pull secret, need in 1Password. */
export function everyKind(
  values: Readonly<Record<"plain" | "encoded" | "client" | "password", string>>,
  more: Readonly<Record<string, string>> = {},
): DevConnectItem[] {
  const { plain, encoded, client, password } = values;
  const fields = { plain, encoded: Buffer.from(encoded).toString("base64"), ...more };
  return [
    { title: "app", fields: Object.entries(fields).map(([label, value]) => ({ label, value })) },
    { title: "oidc-clients", fields: section("c", { id: "i", secret: client, return_uri: "u" }) },
    { title: "pull-secret", fields: section("h", { username: "u", password }) },
  ];
}

interface Field {
  readonly id: string;
  readonly label?: string;
  readonly value?: string;
  readonly section?: { readonly id: string };
}

interface Item {
  readonly id: string;
  readonly title: string;
  readonly state?: string;
  readonly category: string;
  readonly vault: { readonly id: string };
  readonly sections: readonly { readonly id: string; readonly label?: string }[];
  readonly fields: readonly Field[];
}

/** A 1Password vault as its owner sees and changes it, through the server's own API. */
export interface Owner {
  /** Adds a field, even with an existing label; creates the item and the section if necessary. */
  add(title: string, label: string, value: string, section?: string): Promise<void>;
  set(title: string, label: string, value: string): Promise<void>;
  /** Removes a field. */
  remove(title: string, label: string): Promise<void>;
  /** Creates an item, even if there is one with that title. */
  create(title: string): Promise<void>;
  /** The labels and values of an item. */
  show(title: string): Promise<Record<string, string>>;
}

export function ownerOf({ url, token }: DevConnect): Owner {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return (await answer.json()) as T;
  };
  const items = async (): Promise<string> => {
    const [vault] = await call<{ id: string }[]>("GET", "vaults");
    return `vaults/${vault?.id}/items`;
  };
  const find = async (title: string): Promise<Item | undefined> => {
    const path = await items();
    const found = await call<Item[]>(
      "GET",
      `${path}?filter=${encodeURIComponent(`title eq ${JSON.stringify(title)}`)}`,
    );
    const active = found.find(({ state }) => state === undefined);
    return active && call<Item>("GET", `${path}/${active.id}`);
  };
  const must = async (title: string): Promise<Item> => {
    const item = await find(title);
    if (item === undefined) throw new Error(`no item ${title}`);
    return item;
  };
  const create = async (title: string): Promise<Item> => {
    const path = await items();
    return call<Item>("POST", path, { title, category: "SECURE_NOTE", vault: { id: path.split("/")[1] } });
  };
  const put = async (item: Item): Promise<void> => {
    await call("PUT", `${await items()}/${item.id}`, item);
  };
  return {
    create: async (title) => void (await create(title)),
    add: async (title, label, value, section) => {
      const item = (await find(title)) ?? (await create(title));
      const known = item.sections.find((candidate) => candidate.label === section);
      const own = known ?? { id: `section-${section}`, label: section ?? "" };
      await put({
        ...item,
        sections: section === undefined || known ? item.sections : [...item.sections, own],
        fields: [
          ...item.fields,
          { id: "", label, value, ...(section === undefined ? {} : { section: { id: own.id } }) },
        ],
      });
    },
    set: async (title, label, value) => {
      const item = await must(title);
      await put({ ...item, fields: item.fields.map((field) => (field.label === label ? { ...field, value } : field)) });
    },
    remove: async (title, label) => {
      const item = await must(title);
      await put({ ...item, fields: item.fields.filter((field) => field.label !== label) });
    },
    show: async (title) =>
      Object.fromEntries((await must(title)).fields.map((field) => [field.label ?? "", field.value ?? ""])),
  };
}

/** What a transcript can do in 1Password; undefined for other words. */
export async function performOnepassword(
  connect: DevConnect,
  word: string | undefined,
  [a = "", b = "", c = "", d]: readonly string[],
): Promise<string | undefined> {
  const owner = ownerOf(connect);
  const text = (value: string): string => value.replaceAll("\\n", "\n");
  switch (word) {
    case "op-add":
      await owner.add(a, b, text(c), d);
      return "";
    case "op-set":
      await owner.set(a, b, text(c));
      return "";
    case "op-remove":
      await owner.remove(a, b);
      return "";
    case "op-create":
      await owner.create(a);
      return "";
    case "op-archive":
      connect.archive(a);
      return "";
    case "op-show":
      return `${JSON.stringify(await owner.show(a))}\n`;
    case "op-close":
      await connect.close();
      return "";
    default:
      return undefined;
  }
}

/** A vault with what the example environment needs. */
export function startExample(token: string): Promise<DevConnect> {
  const credentials = Buffer.from('{"account": "certificates", "key": "fake"}\n').toString("base64");
  const items = [
    { title: "ingress", fields: [{ label: "dns-credentials.json", value: credentials }] },
    { title: "portal", fields: [{ label: "map-tiles-key", value: "a map tiles key" }] },
    {
      title: "oidc-clients",
      fields: [
        { label: "id", value: "wiki", section: "wiki" },
        { label: "secret", value: "a client secret", section: "wiki" },
        { label: "return_uri", value: "https://wiki.example.org/", section: "wiki" },
      ],
    },
    {
      title: "pull-secret",
      fields: [
        { label: "username", value: "reader", section: "ghcr.io" },
        { label: "password", value: "a registry password", section: "ghcr.io" },
      ],
    },
  ];
  return startDevConnect({ token, vaults: [{ title: VAULT_TITLE, items }] });
}

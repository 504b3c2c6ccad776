import { existsSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import { afterAll, describe, expect, test } from "vitest";
import { startDevConnect } from "./support/dev-connect/index.js";
import { ROOT } from "./support/cli.js";
import { type Json, schemaErrors } from "./support/openapi.js";

const DOCUMENT = `${ROOT}../shared/onepassword/connect-openapi.yaml`;
const ODD_TITLE = 'a "quoted" \\ title / with.dots, 中文 and 😀';

const server = await startDevConnect({
  vaults: [
    {
      title: ODD_TITLE,
      items: [
        {
          title: ODD_TITLE,
          category: "LOGIN",
          fields: [
            { label: "a/b.c", value: "x" },
            { label: "in", value: "y", section: ODD_TITLE },
          ],
        },
        { title: "old", state: "ARCHIVED" },
        { title: "bare" },
      ],
    },
    { title: "secret", outOfScope: true },
  ],
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: Json;
}

async function call(method: string, path: string, body?: unknown, token = server.token): Promise<Answer> {
  const answer = await fetch(server.url + path, {
    method,
    headers: { "content-type": "application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type") === "application/json";
  return { status: answer.status, body: isJson ? (JSON.parse(text) as Json) : text };
}

const filter = (text: string): string => `?filter=${encodeURIComponent(text)}`;
type Body = Record<string, Json> & { readonly id: string };
const listOf = ({ body }: Answer): Body[] => body as Body[];
const objectOf = ({ body }: Answer): Body => body as Body;

const [vault] = listOf(await call("GET", "/v1/vaults"));
const items = `/v1/vaults/${vault?.id}/items`;
const [odd] = listOf(await call("GET", items));
const item = `${items}/${odd?.id}`;
const none = "a".repeat(26);

describe.skipIf(!existsSync(DOCUMENT))("every answer follows the OpenAPI document:", () => {
  const document = existsSync(DOCUMENT) ? (load(readFileSync(DOCUMENT, "utf8")) as Record<string, Json>) : {};

  const newItem = {
    title: "new",
    category: "SERVER",
    vault: { id: vault?.id },
    tags: ["t"],
    sections: [{ id: "s", label: "S" }],
    fields: [{ label: "f", value: "v", section: { id: "s" } }],
  };

  test.each<[string, string, string, number, unknown?, string?]>([
    ["GET", "/vaults", "/v1/vaults", 200],
    ["GET", "/vaults", `/v1/vaults${filter(`name eq ${JSON.stringify(ODD_TITLE)}`)}`, 200],
    ["GET", "/vaults", "/v1/vaults", 401, undefined, ""],
    ["GET", "/vaults", "/v1/vaults", 401, undefined, "another"],
    ["GET", "/vaults/{vaultUuid}", `/v1/vaults/${vault?.id}`, 200],
    ["GET", "/vaults/{vaultUuid}", `/v1/vaults/${none}`, 404],
    ["GET", "/vaults/{vaultUuid}/items", items, 200],
    ["GET", "/vaults/{vaultUuid}/items", `/v1/vaults/${none}/items`, 404],
    ["GET", "/vaults/{vaultUuid}/items", items, 401, undefined, "x"],
    ["POST", "/vaults/{vaultUuid}/items", items, 200, newItem],
    ["POST", "/vaults/{vaultUuid}/items", items, 400, { ...newItem, category: "NONE" }],
    ["POST", "/vaults/{vaultUuid}/items", items, 400, { ...newItem, vault: { id: none } }],
    ["POST", "/vaults/{vaultUuid}/items", items, 400, { ...newItem, sections: [] }],
    ["GET", "/vaults/{vaultUuid}/items/{itemUuid}", item, 200],
    ["GET", "/vaults/{vaultUuid}/items/{itemUuid}", `${items}/${none}`, 404],
    ["PUT", "/vaults/{vaultUuid}/items/{itemUuid}", item, 200, { ...newItem, title: ODD_TITLE }],
    ["PUT", "/vaults/{vaultUuid}/items/{itemUuid}", item, 400, { ...newItem, category: "NONE" }],
    ["GET", "/heartbeat", "/heartbeat", 200, undefined, ""],
    ["GET", "/health", "/health", 200, undefined, ""],
  ])("%s %s (%s: %i)", async (method, template, path, status, body, token) => {
    const answer = await call(method, path, body, token);
    expect(answer.status).toBe(status);
    expect(schemaErrors(document, { method, template, ...answer })).toEqual([]);
  });

  test("the validator itself notices what is wrong", () => {
    const wrong = [{ id: "short", title: 5, category: "NONE" }];
    const answer = { method: "GET", template: "/vaults/{vaultUuid}/items", status: 200, body: wrong };
    expect(schemaErrors(document, answer)).toEqual([
      "[0].vault is missing",
      "[0].id does not match ^[\\da-z]{26}$",
      "[0].title is no string",
      "[0].category is none of LOGIN, PASSWORD, API_CREDENTIAL, SERVER, DATABASE, CREDIT_CARD, MEMBERSHIP, PASSPORT, SOFTWARE_LICENSE, OUTDOOR_LICENSE, SECURE_NOTE, WIRELESS_ROUTER, BANK_ACCOUNT, DRIVER_LICENSE, IDENTITY, REWARD_PROGRAM, DOCUMENT, EMAIL_ACCOUNT, SOCIAL_SECURITY_NUMBER, MEDICAL_RECORD, SSH_KEY, CUSTOM",
    ]);
  });
});

describe("the dev Connect server", () => {
  test("filters exactly, whatever characters there are", async () => {
    const found = await call("GET", `${items}${filter(`title eq ${JSON.stringify(ODD_TITLE)}`)}`);
    expect(listOf(found).map(({ title }) => title)).toEqual([ODD_TITLE]);
    expect((await call("GET", `${items}${filter('title eq "a"')}`)).body).toEqual([]);
    expect((await call("GET", `${items}${filter("title eq a")}`)).status).toBe(400);
    expect((await call("GET", `/v1/vaults${filter('title eq "a"')}`)).status).toBe(400);
  });

  test("does not show a vault that the token may not see", async () => {
    expect(listOf(await call("GET", "/v1/vaults")).map(({ name }) => name)).toEqual([ODD_TITLE]);
  });

  test("lists archived items with their state, and no fields of any", async () => {
    const listed = listOf(await call("GET", items));
    expect(listed.find(({ title }) => title === "old")).toMatchObject({ state: "ARCHIVED" });
    expect(listed.filter((one) => "fields" in one || "sections" in one)).toEqual([]);
  });

  test("counts versions", async () => {
    const body = { title: "t", category: "LOGIN", vault: { id: vault?.id }, fields: [{ label: "a", value: "1" }] };
    const made = objectOf(await call("POST", items, body));
    const path = `${items}/${made.id}`;
    const fields = [...(made["fields"] as object[]), { label: "b", type: "string", value: "3" }];
    const put = objectOf(await call("PUT", path, { ...made, fields }));
    expect(put).toMatchObject({
      version: 2,
      fields: [
        { label: "a", value: "1" },
        { label: "b", type: "STRING" },
      ],
    });
    expect((await call("DELETE", items)).status).toBe(405);
  });
});

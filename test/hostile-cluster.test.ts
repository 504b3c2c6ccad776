import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PhalanxError } from "../src/errors.js";
import type { Cluster } from "../src/kubernetes/cluster.js";
import { failure, type FakeCluster, type Given, kubeconfigOf, podList, startCluster } from "./support/api-server.js";
import { changeJson, counter, fuzz, jsonChanges, patience } from "./support/fuzz.js";

let cluster: FakeCluster;
let api: Cluster;
let answer: (path: string, count: number) => Given | "cut";
const inputs = counter("answers of a cluster, and kubeconfigs");

beforeAll(async () => {
  cluster = await startCluster(({ path }, count) => answer(path, count));
  api = await cluster.openAs({ token: "hunter2" });
});
beforeEach(() => (answer = () => ({ body: podList(["a"]) })));
afterAll(async () => {
  inputs.report();
  await cluster.close();
});

/** What a run shows of an error. */
const shown = (error: PhalanxError): string => `${error.message}\n${error.hint}\n${JSON.stringify(error.diagnostic)}`;

async function errorOf(work: Promise<unknown>): Promise<PhalanxError> {
  const error = await work.then(
    () => new Error("no error"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof PhalanxError) return error;
  throw error;
}

const pod = (metadata: object, more: object = {}) => ({
  metadata: { name: "a", namespace: "ns", ...metadata },
  ...more,
});
const list = (...items: unknown[]) => ({ ...podList([]), items });

describe("an answer that is not what was asked for is an error", () => {
  test.each<[string, Given]>([
    ["a page of a proxy", { body: "<html>hunter2</html>" }],
    ["nothing", { body: "" }],
    ["no object", { body: "[]" }],
    ["half of an object", { body: '{"kind":"PodList","items":[{"hunter2' }],
    ["another kind", { body: { ...podList([]), kind: "SecretList" } }],
    ["another version", { body: { ...podList([]), apiVersion: "v2" } }],
    ["no items", { body: { ...podList([]), items: undefined } }],
    ["items that are no list", { body: { ...podList([]), items: { hunter2: 1 } } }],
    ["no metadata", { body: { ...podList([]), metadata: null } }],
    ["no version", { body: podList([], { resourceVersion: 7 }) }],
    ["a next page that is no text", { body: podList([], { continue: { a: 1 } }) }],
    ["an item that is none", { body: list("hunter2") }],
    ["an item of another kind", { body: list(pod({}, { kind: "Secret" })) }],
    ["an item without a name", { body: list(pod({ name: undefined })) }],
    ["an item whose name no object can have", { body: list(pod({ name: "../hunter2\u001b[31m" })) }],
    ["an item in no namespace", { body: list(pod({ namespace: undefined })) }],
    ["an item in another namespace", { body: list(pod({ namespace: "other" })) }],
    ["a status instead of a list", { body: failure(403, "Forbidden").body }],
    ["a refusal whose status is another one", { status: 403, body: failure(401, "Unauthorized").body }],
    [
      "a refusal without a reason",
      { status: 403, body: { kind: "Status", apiVersion: "v1", status: "Failure", code: 403 } },
    ],
    ["a reason that is no word", failure(403, "hunter2 \u001b[31m")],
    ["no date", { body: podList(["a"]), headers: { date: "none" } }],
    ["a date that is none", { body: podList(["a"]), headers: { date: "42" } }],
  ])("%s", async (_, given) => {
    answer = () => given;
    const error = await errorOf(api.list("pods", "ns"));
    expect(error.diagnostic.code).toMatch(/^cluster-(answer-unusable|request-failed)$/);
    expect(shown(error)).not.toMatch(/hunter2|\u001b/);
  });

  test("what is not UTF-8", async () => {
    answer = () => ({ body: Buffer.from('{"kind":"PodList\xff"}', "latin1") });
    expect((await errorOf(api.list("pods"))).diagnostic.code).toBe("answer-not-utf8");
  });
});

describe("an answer that is too large is an error", () => {
  test("of one page", async () => {
    answer = () => ({ body: Buffer.alloc(35 * 2 ** 20, " ") });
    expect((await errorOf(api.list("pods"))).diagnostic.code).toBe("answer-too-large");
  });

  test("of all pages together", async () => {
    const body = `${JSON.stringify(podList([], { continue: "x" }))}${" ".repeat(33 * 2 ** 20)}`;
    answer = () => ({ body });
    expect((await errorOf(api.list("pods"))).diagnostic.code).toBe("cluster-list-too-large");
  });

  test("of objects", async () => {
    const body = JSON.stringify(
      podList(
        Array.from({ length: 50_000 }, () => "a"),
        { continue: "x" },
      ),
    );
    answer = () => ({ body });
    expect((await errorOf(api.list("pods"))).diagnostic.code).toBe("cluster-list-too-large");
  });

  test("of pages without objects", async () => {
    answer = () => ({ body: podList([], { continue: "x" }) });
    expect((await errorOf(api.list("pods"))).diagnostic.code).toBe("cluster-list-too-large");
  });
});

test("members that mean something to JavaScript are members", async () => {
  const item = JSON.stringify(pod({})).replace("{", '{"__proto__":{"kind":"Secret"},"constructor":1,');
  answer = () => ({ body: JSON.stringify(list()).replace("[]", `[${item}]`) });
  const listed = await api.list("pods");
  expect(listed).toMatchObject({ items: [{ kind: "Pod", constructor: 1 }] });
  expect(({} as { kind?: string }).kind).toBe(undefined);
});

const SECRET = {
  apiVersion: "v1",
  kind: "Secret",
  data: { a: "aHVudGVyMg==" },
  metadata: { name: "s", namespace: "ns", uid: "u", resourceVersion: "1", creationTimestamp: "2026-08-01T00:00:00Z" },
};

test("answers that are changed bring about a result or a clear error", { timeout: patience(30_000) }, async () => {
  const asked = fc.constantFrom("list", "secret", "refused", "absent");
  await fc.assert(
    fc.asyncProperty(asked, fc.boolean(), jsonChanges, async (what, second, by) => {
      inputs.count();
      let requests = 0;
      answer = () => {
        requests += 1;
        // A page that says always that there is one more is another test.
        if (requests > 12) return { status: 400, body: "" };
        const given =
          what === "secret"
            ? { body: SECRET }
            : what === "list"
              ? { body: podList(["a", "b"], requests === 1 ? { continue: "c" } : {}) }
              : failure(what === "refused" ? 403 : 404, what === "refused" ? "Forbidden" : "NotFound");
        return requests === (second ? 2 : 1) ? { ...given, body: changeJson(JSON.stringify(given.body), by) } : given;
      };
      const work = what === "secret" ? api.secret("ns", "s") : api.list("pods");
      const text = await work.then(
        (result) => JSON.stringify(result),
        (error: PhalanxError) => shown(error),
      );
      expect(text).not.toMatch(/hunter2|aHVudGVyMg/);
    }),
    fuzz(150),
  );
});

test("kubeconfigs that are changed bring about a cluster or a clear error", { timeout: patience(30_000) }, async () => {
  const user = { token: "hunter2", as: "jane", "as-groups": ["a"], exec: { apiVersion: "x", command: "hunter2" } };
  const text = JSON.stringify(kubeconfigOf(cluster.url, user, { cluster: { "tls-server-name": "a" } }));
  await fc.assert(
    fc.asyncProperty(jsonChanges, async (by) => {
      inputs.count();
      const kubeconfig = await cluster.write("changed", changeJson(text, by));
      const result = await cluster.find({ kubeconfig }).catch((error: unknown) => error);
      if (result instanceof PhalanxError) {
        expect(`${result.message}${result.hint}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(shown(result)).not.toContain("hunter2");
      } else expect(JSON.stringify(result)).toContain('"source":"kubeconfig"');
    }),
    fuzz(300),
  );
});

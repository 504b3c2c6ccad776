import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export function get(url, path, headers = { "x-vault-token": process.env.VAULT_TOKEN }) {
  return new Promise((done, fail) => {
    request(url + path, { agent, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => done(text === "" ? undefined : JSON.parse(text)));
    })
      .on("error", fail)
      .end();
  });
}

/** One LIST and all GETs in parallel. */
export async function readPrefix(url, path) {
  const [mount, ...rest] = path.split("/");
  const prefix = rest.join("/");
  const names = (await get(url, `/v1/${mount}/metadata/${prefix}?list=true`)).data?.keys ?? [];
  return Promise.all(names.map((name) => get(url, `/v1/${mount}/data/${prefix}/${name}`)));
}

export function close() {
  agent.destroy();
}

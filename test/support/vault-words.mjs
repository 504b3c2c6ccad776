// What the pages use of Vault's own CLI, for machines without it: the same requests, the same output.
const [{ VAULT_ADDR, VAULT_TOKEN }, args] = [process.env, process.argv.slice(2)];
const words = args.filter((arg) => !arg.startsWith("-"));
const option = (name) => args.find((arg) => arg.startsWith(`-${name}=`))?.slice(name.length + 2);

async function request(method, path, body, type = "application/json") {
  const answer = await fetch(`${VAULT_ADDR}/v1/${path}`, {
    method,
    headers: { "X-Vault-Token": VAULT_TOKEN, "Content-Type": type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

const mount = option("mount");
const [group, word, path, pair = ""] = words;
const data = { [pair.slice(0, pair.indexOf("="))]: pair.slice(pair.indexOf("=") + 1) };
switch (`${group} ${word}`) {
  case "kv patch": {
    const { data: made } = await request("PATCH", `${mount}/data/${path}`, { data }, "application/merge-patch+json");
    if (option("field") !== undefined) process.stdout.write(String(made[option("field")]));
    break;
  }
  case "kv get": {
    const { data: read } = await request("GET", `${mount}/data/${path}`);
    process.stdout.write(read.data[option("field")]);
    break;
  }
  case "kv put": {
    let values = "";
    for await (const part of process.stdin) values += part;
    await request("POST", `${mount}/data/${path}`, { data: JSON.parse(values) });
    process.stdout.write(`Success! Data written to: ${mount}/data/${path}\n`);
    break;
  }
  case "kv delete":
    await request("DELETE", `${mount}/data/${path}`);
    process.stdout.write(`Success! Data deleted (if it existed) at: ${mount}/data/${path}\n`);
    break;
  case "auth enable":
    await request("POST", `sys/auth/${path}`, { type: path });
    process.stdout.write(`Success! Enabled ${path} auth method at: ${path}/\n`);
    break;
  default:
    throw new Error(`no page needs ${args.join(" ")}`);
}

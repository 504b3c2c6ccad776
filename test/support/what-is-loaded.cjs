// Loaded before the program: leaves what it loaded, the YAML files that it opened, and how many requests it sent.
const channels = require("node:diagnostics_channel");
const fs = require("node:fs");
const opened = [];
let requests = 0;
const { openSync } = fs;
fs.openSync = (path, ...rest) => {
  if (/\.ya?ml$/.test(String(path))) opened.push(String(path));
  return openSync(path, ...rest);
};
channels.subscribe("http.client.request.start", () => (requests += 1));
process.on("exit", () => {
  const loaded = Object.keys(require.cache).filter((path) => path.includes("/dist/"));
  const bytes = loaded.reduce((sum, path) => sum + fs.statSync(path).size, 0);
  const packages = Object.keys(require.cache).filter((path) => path.includes("/node_modules/"));
  const node = process.moduleLoadList.flatMap((name) => /^NativeModule ([a-z]\w*)$/.exec(name)?.[1] ?? []);
  fs.writeFileSync(
    process.env.WHAT_IS_LOADED,
    JSON.stringify({ bytes, files: loaded.length, others: [...node, ...packages], opened, requests }),
  );
});

// Loaded before the program: leaves a list of the code that was loaded and of the YAML files that were opened.
const fs = require("node:fs");
const opened = [];
const { openSync } = fs;
fs.openSync = (path, ...rest) => {
  if (/\.ya?ml$/.test(String(path))) opened.push(String(path));
  return openSync(path, ...rest);
};
process.on("exit", () => {
  const loaded = Object.keys(require.cache).filter((path) => path.includes("/dist/"));
  const bytes = loaded.reduce((sum, path) => sum + fs.statSync(path).size, 0);
  fs.writeFileSync(process.env.WHAT_IS_LOADED, JSON.stringify({ bytes, opened }));
});

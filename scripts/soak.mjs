// Runs the whole suite repeatedly, next to processes that use up all resources; stops at the first failing run.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

const [runs = "20", busy = String(availableParallelism())] = process.argv.slice(2);
const loops = Array.from({ length: Number(busy) }, () => spawn(process.execPath, ["-e", "for (;;);"]));
const vitest = (seed) =>
  new Promise((done) => {
    const child = spawn("npx", ["vitest", "run", `--sequence.seed=${seed}`], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.on("close", (status) => done({ status, output }));
  });

try {
  for (let run = 1; run <= Number(runs); run++) {
    const [seed, start] = [Math.floor(Math.random() * 2 ** 31), performance.now()];
    const { status, output } = await vitest(seed);
    const seconds = Math.round((performance.now() - start) / 1000);
    process.stdout.write(`${run} of ${runs}, seed ${seed}, ${seconds} s: ${output.trimEnd().split("\n").at(-1)}\n`);
    if (status === 0) continue;
    process.stdout.write(output);
    process.exitCode = 1;
    break;
  }
} finally {
  for (const loop of loops) loop.kill();
}

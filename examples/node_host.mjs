// Asks magbot from Node: one process for all questions, one line in, one line out.
//   node examples/node_host.mjs "is it safe" "how long until it works"
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [command, ...before] = (process.env.MAGBOT ?? "magbot").split(" ");
const magbot = spawn(command, [...before, "ask", "--json"], { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: magbot.stdout })[Symbol.asyncIterator]();

async function ask(question) {
  magbot.stdin.write(question.replaceAll("\n", " ") + "\n");
  return JSON.parse((await lines.next()).value);
}

for (const question of process.argv.slice(2)) {
  const reply = await ask(question);
  console.log(`${reply.kind}: ${reply.id}`);
}
magbot.stdin.end();

// Times textlint (prh), zhlint and autocorrect on one draft, warm, in this process.
// usage: node measure.mjs DRAFT.txt PRH.yml ROUNDS; prints {"name": milliseconds} as JSON.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createRequire } from "node:module";
import { TextlintKernel } from "@textlint/kernel";
import textPlugin from "@textlint/textlint-plugin-text";
import prh from "textlint-rule-prh";

const require = createRequire(import.meta.url);
const [draft, phrases, rounds] = [readFileSync(process.argv[2], "utf8"), process.argv[3], Number(process.argv[4])];

const kernel = new TextlintKernel();
const options = {
  ext: ".txt",
  filePath: "draft.txt",
  plugins: [{ pluginId: "text", plugin: textPlugin.default ?? textPlugin }],
  rules: [{ ruleId: "prh", rule: prh.default ?? prh, options: { rulePaths: [phrases] } }],
};

const peers = {
  "textlint, prh with 800 phrases": () => kernel.lintText(draft, options),
  zhlint: () => require("zhlint").run(draft, { rules: { preset: "default" } }),
  autocorrect: () => require("autocorrect-node").lintFor(draft, "text"),
};

const result = {};
for (const [name, run] of Object.entries(peers)) {
  for (let n = 0; n < 20; n++) await run();
  const times = [];
  for (let n = 0; n < rounds; n++) {
    const begun = performance.now();
    await run();
    times.push(performance.now() - begun);
  }
  result[name] = times.sort((a, b) => a - b)[Math.floor(rounds / 2)];
}
console.log(JSON.stringify(result));

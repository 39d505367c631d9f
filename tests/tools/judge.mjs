// Judges the messages by Ajv in its strict mode and by the zod schemas that orval makes from the OpenAPI document.
// Reads {"cases": [...], "schemas": {...}, "zod": {...}} from a file; prints a list of verdicts for each tool.

import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [, , file, modules] = process.argv;
const require = createRequire(`${modules}/`);
const Ajv = require("ajv/dist/2020").default;
const formats = require("ajv-formats").default;

const { cases, schemas, zod } = JSON.parse(fs.readFileSync(file, "utf8"));

const ajv = new Ajv({ strict: true, allErrors: false });
formats(ajv);
const validators = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]));

const made = {};
for (const [document, path] of Object.entries(zod)) {
  const exported = await import(pathToFileURL(path));
  for (const [name, schema] of Object.entries(exported)) made[`${document} ${name.toLowerCase()}`] = schema;
}
// A request without members has no schema: its verdict is null.
const byZod = ({ document, operation, role, message }) => {
  const name = `${document} ${operation}${role === "request" ? "Body" : "Response"}`.toLowerCase();
  return made[name] ? made[name].safeParse(message).success : null;
};

const verdicts = {
  ajv: cases.map(({ bundle, message }) => validators[bundle](message)),
  orval: cases.map(byZod),
};
console.log(JSON.stringify(verdicts));

// Validates an OpenAPI document by the schema of the specification: node validate.js <package> <file>

import { readFile } from "node:fs/promises";
import SwaggerParser from "@apidevtools/swagger-parser";
import { Validator } from "@seriousme/openapi-schema-validator";

const validators = {
  "swagger-parser": (document) => SwaggerParser.validate(document),
  "openapi-schema-validator": async (document) => {
    const { valid, errors } = await new Validator().validate(document);
    if (!valid) throw new Error(JSON.stringify(errors));
  },
};

const [name, file] = process.argv.slice(2);
await validators[name](JSON.parse(await readFile(file, "utf8")));

// Creates and lists items with the client that @hey-api/openapi-ts generates from the document, and prints the
// results.

import { createClient } from "./hey-api/client/index.js";
import { createItem, listAllItems, listItems } from "./hey-api/index.js";
import type { ItemDraft, Problem } from "./hey-api/index.js";

const { API = "", TOKEN = "", BODY = "", INVALID = "" } = process.env;
const anonymous = createClient({ baseUrl: API });
// The credentials of Basic are a user, a colon and a password. The client sends them where an operation accepts Basic.
const isBasic = TOKEN.includes(":");
const service = createClient({ baseUrl: API, auth: ({ scheme }) => (isBasic === (scheme === "basic") ? TOKEN : undefined) });

const draft = (json: string): ItemDraft => JSON.parse(json);
const printProblem = (problem?: Problem) =>
  console.log("rejected", problem?.status, problem?.code, ...(problem?.errors ?? []).map((e) => e.pointer));

const { data: created } = await createItem({ client: service, body: draft(BODY) });
console.log("created", created?.id);

const { data: page } = await listItems({ client: service, query: { limit: 100 } });
console.log("listed", page?.items.find((item) => item.id === created?.id)?.id);

printProblem((await listItems({ client: anonymous })).error);
printProblem((await listAllItems({ client: service })).error);
printProblem((await createItem({ client: service, body: draft(INVALID) })).error);

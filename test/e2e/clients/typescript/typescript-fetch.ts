// Creates and lists items with the client that openapi-generator generates from the document with one way to
// authenticate, and prints the results.

import { AdminApi, Configuration, ItemDraftFromJSON, ItemsApi, ProblemFromJSON, ResponseError } from "./typescript-fetch/index.js";

const { API: basePath = "", TOKEN: accessToken = "", BODY = "", INVALID = "" } = process.env;
const anonymous = new ItemsApi(new Configuration({ basePath }));
const configuration = new Configuration({ basePath, accessToken });
const service = new ItemsApi(configuration);

const draft = (json: string) => ItemDraftFromJSON(JSON.parse(json));
const printProblem = async (call: Promise<unknown>) => {
  const error = await call.catch((e) => e);
  if (!(error instanceof ResponseError)) throw error;
  const problem = ProblemFromJSON(await error.response.json());
  console.log("rejected", problem.status, problem.code, ...(problem.errors ?? []).map((e) => e.pointer));
};

const created = await service.createItem({ itemDraft: draft(BODY) });
console.log("created", created.id);

const page = await service.listItems({ limit: 100 });
console.log("listed", page.items.find((item) => item.id === created.id)?.id);

await printProblem(anonymous.listItems());
await printProblem(new AdminApi(configuration).listAllItems());
await printProblem(service.createItem({ itemDraft: draft(INVALID) }));

// Creates and lists items with the client that openapi-generator generates from the document with one way to
// authenticate, and prints the results.

import { AdminApi, Configuration, ItemsApi, ProblemFromJSON, ResponseError } from "./typescript-fetch/index.js";

const { API: basePath = "", TOKEN: accessToken = "" } = process.env;
const anonymous = new ItemsApi(new Configuration({ basePath }));
const configuration = new Configuration({ basePath, accessToken });
const service = new ItemsApi(configuration);

const printProblem = async (call: Promise<unknown>) => {
  const error = await call.catch((e) => e);
  if (!(error instanceof ResponseError)) throw error;
  const problem = ProblemFromJSON(await error.response.json());
  console.log("rejected", problem.status, problem.code, ...(problem.errors ?? []).map((e) => e.pointer));
};

const created = await service.createItem({ itemDraft: { name: "Lantern" } });
console.log("created", created.name);

const page = await service.listItems({ limit: 100 });
console.log("listed", page.items.find((item) => item.id === created.id)?.name);

await printProblem(anonymous.listItems());
await printProblem(new AdminApi(configuration).listAllItems());
await printProblem(service.createItem({ itemDraft: { name: "" } }));

// Creates and lists items with the client that openapi-typescript generates from the document, and prints the
// results. Lines that must not compile prove that the types are those of the document.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type ItemDraft = components["schemas"]["ItemDraft"];
type Problem = components["schemas"]["Problem"];

const { API = "", TOKEN = "", BODY = "", INVALID = "" } = process.env;
const anonymous = createClient<paths>({ baseUrl: API });
const service = createClient<paths>({ baseUrl: API, headers: { Authorization: `Bearer ${TOKEN}` } });

const draft = (json: string): ItemDraft => JSON.parse(json);
const printProblem = ({ status, code, errors }: Problem) =>
  console.log("rejected", status, code, ...(errors ?? []).map((e) => e.pointer ?? e.parameter));

const created = await service.POST("/items", { body: draft(BODY) });
if (created.error) throw new Error(created.error.code);
console.log("created", created.data.id);

const { data: page } = await service.GET("/items", { params: { query: { limit: 100 } } });
console.log("listed", page?.items.find((item) => item.id === created.data.id)?.id);

const rejected = await anonymous.GET("/items");
if (rejected.error) printProblem(rejected.error);

const forbidden = await service.GET("/admin/items");
if (forbidden.error) printProblem(forbidden.error);

const invalid = await service.POST("/items", { body: draft(INVALID) });
if (invalid.error) printProblem(invalid.error);

// @ts-expect-error: an item has members that are required
void (() => service.POST("/items", { body: {} }));
// @ts-expect-error: there is no such path
void (() => service.GET("/ghosts"));
// @ts-expect-error: a limit is a number
void (() => service.GET("/items", { params: { query: { limit: "100" } } }));
// @ts-expect-error: there may be no next page
void ((): string | undefined => page?.next_cursor);

// Package docs is the documentation that the API serves: its OpenAPI document, Swagger UI, a page for every
// problem that a request can be rejected with, and the inspector of tokens. Everything is embedded, and works
// offline.
//
//	site, err := docs.New(docs.Config{Config: openapi.Config{PublicURL: url, Issuers: issuers, ...}, ...})
//	...                                    // mount site.Assets(), site.Document() and the problem pages
//	err = site.Describe(router.Table())    // when every route is declared
//
// The document is made by package openapi, from the committed openapi.json and the route table. It is built
// when the API starts, and once more when the provider's endpoints are known (site.go).
//
// Swagger UI is the published package, in ui/dist. Our own scripts and styles are in ui, our pages in pages
// (asset.go, page.go). Every page has a strict Content-Security-Policy (policy.go).
//
// The problem pages are made from the registry in package problem, once, when the API starts (problems.go).
// They are HTML for browsers and JSON for programs, and each shows a request and a response (example.go). Their
// index leads to the cause of a 401 by four questions,
// in the order in which a request is checked (checklist.go). The inspector's page sends what is pasted into it
// to the API, and to no other address (ui/inspect.js).
//
// All of it is served from memory, with an ETag, and as gzip to clients that accept it (content.go). The large
// files are committed as gzip: no request makes the API compress them.
//
// The audit in package docstest compares the document with what the API does.
package docs

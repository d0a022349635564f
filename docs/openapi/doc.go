// Package openapi makes the OpenAPI document of the API from two sources.
//
// Paths and schemas come from the comments above the handlers: docs/gen turns them into the committed
// docs/openapi.json when a developer runs make docs. What a route asks of its caller comes from the
// route table that enforces it, when the program starts. [Build] writes the second into the first:
//
//	document, err := openapi.Build(config, router.Table(), endpoint)
//
// For each route it adds to the operation
//
//   - security: scopes and roles, for each scheme (security.go);
//   - a sentence on access at the end of the description (operation.go);
//   - the responses by which the route can reject a request, with an example of each problem and its
//     challenge (rejection.go, response.go, example.go).
//
// A program whose document and routes differ must not start: the error of Build names every route that
// the document lacks, every operation that no route serves, and every scope without a description
// (mismatch.go).
//
// The provider's endpoints are not known before the provider was reached once. Until then the document
// lacks the OAuth 2.0 scheme: Build is called again with the endpoints.
package openapi

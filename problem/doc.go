// Package problem has everything that an API can say about a request that it cannot serve: a registry of
// types, each with a stable code, and the one [Body] that callers see (RFC 9457).
//
// A handler returns a [Type] as it is, or wrapped with details for the log:
//
//	return problem.NotFound
//	return fmt.Errorf("%w: order %s was shipped", problem.PreconditionFailed, id)
//
// One writer of package handlers turns the error into a response, [Of] finding the type:
//
//	err ──VariantOf──▶ Variant, facts ──Body──▶ {"type":…,"title":…,"status":…,"detail":…,"instance":…,"code":…,"hint":…}
//
// Everything else that names problems reads the same registry: challenges, the pages below /problems, the
// OpenAPI document, metrics, the request log and the command explain.
//
// # The files
//
//	type.go         Type, and the registry: Types, Auth
//	credentials.go  400 and 401: the Authorization header
//	token.go        401: the access token
//	caller.go       401, 403, 429, 503: what the caller may do, and authentication as a whole
//	api.go          everything else
//	variant.go      Variant: what a type says when this was observed, and the request that causes it
//	variants_*.go   the table of all variants
//	fact.go         Fact, Published: what may stand in a slot
//	body.go         Body, FieldError
//
// # Adding a type
//
// Declare it in api.go and list it in [Types]. A test fails for a type that is declared anywhere else, or not
// listed: its page would be missing. Then return it from a handler.
//
// # Adding a variant
//
// Declare it in variants_api.go with the request that causes it, and return it in place of its type. A test sends the
// request, and compares the response with handlers/testdata/variants.txt.
package problem

// Package docstest compares a whole API with its OpenAPI document.
//
//	func TestAudit(t *testing.T) {
//		issuer := authtest.Start(t, audience)
//		docstest.Audit(t, newAPI(t, issuer), issuer)
//	}
//
// [Audit] reads the document that the API serves, and calls every operation in it with every kind of
// credentials. It reports each difference between what the document says and what the API does:
//
//   - Requirements: every alternative of a security requirement asks for the same scopes, by schemes that
//     the document describes. A name that is no scope of an OAuth 2.0 flow is a role, and is in no scheme of
//     the types oauth2 and openIdConnect (OpenAPI 3.1.1, section 4.8.30).
//   - Access: the API rejects anonymous callers, malformed, foreign, expired and ID tokens, tokens in the
//     query, and tokens that lack a single scope or role. It accepts a complete token in the header. A public
//     operation reads no credentials.
//   - Rejections: status, code and challenge (RFC 6750, section 3). The problem repeats the status, and its
//     instance is urn:uuid: and the X-Request-Id.
//   - Responses: status, media type, body and code are documented, and every documented header is there,
//     unless the document says "required": false. The default of required is false, so few documents say it.
//   - Limits: what RateLimit-Policy says is documented. A call beyond a limit is checked and made again after its
//     Retry-After, which takes no time in a bubble of testing/synctest.
//   - Bad requests: a JSON body that ends early, lacks its members, is of another media type or is large; an
//     If-Match with an unknown version; an If-None-Match with the present ETag. A large body may be accepted:
//     a document has no word for its limit.
//   - Routes: every operation is served, and no other method of its paths is. A handler with the method
//     Operations() []string, as in "GET /items/{id}", is also searched for paths that the document lacks.
//
// Requests are made from the examples in the document, and from the Location headers of what was created
// (request.go). Callers are in caller.go, the checks of a response in check.go.
package docstest

// Package conformance tests the API over HTTP against the requirements of requirements.md. The name of
// a test begins with the number of its requirement. There is nothing in it but tests:
//
//   - transport, challenge, cors, problem: what goes over the wire (T, H, X, R)
//   - jws, signature, keyset, claims, kind, order: tokens and keys (J, C)
//   - access, throttle: what a verified caller may do (C)
//   - extensions: bound tokens, step-up, metadata (D, S, U, P)
//   - attacks, requests, provider: attacks by tokens, requests and providers (A)
//
// The other files are shared: api starts an API, request sends a request, token issues tokens that
// differ from correct ones, expected has the status and the challenge of each problem, and response
// checks what must hold for every response.
//
// Package oracle beside it compares package auth with test vectors and with other libraries.
package conformance

package handlers_test

// The conformance tests are the requirements on an API that takes JWTs as bearer tokens, and the
// attacks on one, each a subtest that begins with the identifier of its row:
//
//	T  how a token gets here            conformance_transport_test.go
//	H  challenges and statuses          conformance_challenge_test.go
//	X  caches and scripts               conformance_cors_test.go
//	J  the form of tokens and keys      conformance_jose_test.go, conformance_jwks_test.go
//	C  claims and what they allow       conformance_claims_test.go, conformance_throttle_test.go
//	D  P  R  S  U  extensions           conformance_extension_test.go
//	A  attacks                          conformance_attack_test.go, conformance_provider_test.go
//
// conformance_hostile_test.go has tokens that are signed correctly and still wrong, for each
// algorithm; conformance_order_test.go the order of decisions; conformance_property_test.go what
// holds for every answer. Status, code and challenge are compared with conformance_verdict_test.go,
// to the letter.
//
// Rows that do not apply, and why:
//
//	T13  TLS itself                     ends at the proxy or the server; the log is tested
//	H01  timeouts                       no route answers 401 on one
//	X02  Vary: Authorization            nothing that differs by caller may be stored
//	X07  DPoP in allowed headers        no DPoP; Authorization is tested with X03
//	I01-I04, A27  introspection         tokens are verified here
//	D01-D12, D16-D19, A39  DPoP         the scheme is not supported; bound tokens are refused (D13-D15)
//	S01  certificates                   bound tokens are refused
//	M01  forwarding to other services   tokens are sent to the issuer's userinfo alone
//	G01, G02  discovery, key rotation   tested in package auth, in fake time
//	L01, A40  long streams              no route has one
//	A37  timing                         only public data is compared

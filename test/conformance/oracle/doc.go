// Package oracle compares package auth with what others know of tokens. It is in a module of its own
// because the test vectors alone are 109 MB. There is nothing in it but tests:
//
//   - Project Wycheproof's vectors for JWS and JWK. auth must agree with each of them, except for the
//     overrides, each of which has a reason and fails when it is no longer needed.
//   - FuzzVerify changes tokens, key sets and clocks, signs the result, and asks go-jose, golang-jwt
//     and jwx about every token that auth accepts. A table lists where they differ, and why.
//
// go test ./... runs the vectors and the inputs that the fuzzer found before. To search for more:
//
//	go test -run='^$' -fuzz=FuzzVerify -fuzztime=1h -fuzzminimizetime=5s .
//
// An input that fails is written to testdata/fuzz, and go test fails from then on: fix auth, or add the
// difference to the table, and commit the input. FuzzCredentials, FuzzToken and FuzzKeySet are in
// package auth and need nothing of this module.
package oracle

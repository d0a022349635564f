// Package oracle holds package auth against what others know of tokens. It is a module of its
// own, for the test vectors alone are 109 MB. There is nothing in it but tests:
//
//   - Project Wycheproof's vectors for JWS and JWK. Each of them agrees, but for tables of overrides
//     which say why, and which fail when they are not needed.
//   - FuzzVerify, which mutates genuine tokens, key sets and clocks, signs what comes out, and asks
//     go-jose, golang-jwt and jwx about every token that auth accepts. Where a peer may disagree
//     stands in a table of excuses.
//
// To run the vectors, and what the fuzzer has found before:
//
//	go test ./...
//
// To look for more, run make fuzz at the top of the repository, which gives every fuzz target a
// minute, or one of them for longer:
//
//	go test -run='^$' -fuzz=FuzzVerify -fuzztime=1h -fuzzminimizetime=5s .
//
// An input that fails is written to testdata/fuzz and fails in go test from then on: mend auth, or
// give the peer an excuse, and commit the input. FuzzCredentials, FuzzToken and FuzzKeySet are in
// package auth and need nothing of this module.
package oracle

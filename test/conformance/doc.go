// Package conformance tests the whole API over HTTP against the numbered requirements of
// requirements.md. It has nothing but tests.
package conformance

// Package e2e tests Gatehouse from the outside: make run, a browser, a sign-in, a call. It also checks the
// OpenAPI document with linters, and calls the API with clients that are generated from it.
//
// It needs Chromium, in the PATH or where CHROME says, and Node.js with npm. Without them its tests fail.
package e2e

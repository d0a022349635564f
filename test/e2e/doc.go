// Package e2e tests Gatehouse from the outside: make run, a browser, a sign-in, a call. It also checks the
// OpenAPI document with linters, calls the API with clients that are generated from it, and has schemathesis send
// requests that the document allows or forbids.
//
// It needs Chromium, in the PATH or where CHROME says, nginx, Node.js with npm, Python 3 with venv, and a JDK (17 or
// later) with Maven. Without them its tests fail. Packages come from npm, PyPI and Maven Central, in versions that are
// pinned here, and are installed in the folder out.
package e2e

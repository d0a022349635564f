// Package e2e drives Gatehouse as a person would: make run, a browser, a login, a call. It also reads the
// document as machines do: linters judge it, and generated clients call the API.
//
// It needs Chromium, in the PATH or where CHROME says, and Node.js with npm. Without one its tests fail.
package e2e

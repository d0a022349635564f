// Package e2e drives Gatehouse as a person would: make run, a browser, a login, a call.
//
// It needs Chromium, in the PATH or where CHROME says. Without one its tests fail.
package e2e

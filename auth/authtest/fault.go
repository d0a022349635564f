package authtest

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// Faults for [Issuer.Break]: responses of a provider that fails.

// Down responds 503.
func Down(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }

// Garbage responds with HTML instead of JSON.
func Garbage(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>Welcome!</html>") }

// Huge responds with 1 MiB.
func Huge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"keys":[`+strings.Repeat(" ", 1<<20)+`]}`)
}

// Redirect responds with a redirect.
func Redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Path+"?again", http.StatusFound)
}

// Hang does not respond until the request is cancelled.
func Hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Answer responds with a JSON value.
func Answer(v any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, v) }
}

// Status responds with a status and without a body.
func Status(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// On limits a fault to one path; the issuer responds at the others.
func (i *Issuer) On(path string, fault http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			fault(w, r)
			return
		}
		i.healthy(w, r)
	}
}

// Slow responds after a delay.
func (i *Issuer) Slow(delay time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(delay):
			i.healthy(w, r)
		case <-r.Context().Done():
		}
	}
}

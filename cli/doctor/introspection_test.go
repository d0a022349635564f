package doctor

import (
	"fmt"
	"net/http"
	"strings"
)

// introspecting returns a change that has the provider introspect with this response, for a client with a secret.
func introspecting(status int, body string) func(*fixture) {
	return func(f *fixture) {
		f.env["INTROSPECTION"], f.env["INTROSPECTION_CLIENT_ID"], f.env["INTROSPECTION_CLIENT_SECRET"] = "always", "api", "secret"
		f.metadata["introspection_endpoint"] = idURL + "/introspect"
		f.fault["/introspect"] = func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); user != "api" || password != "secret" || r.PostFormValue("token") == "" {
				status = http.StatusTeapot
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
}

// rejectingJWTs has a provider that introspects opaque tokens alone.
func rejectingJWTs(f *fixture) {
	introspecting(http.StatusOK, `{"active":false}`)(f)
	answer := f.fault["/introspect"]
	f.fault["/introspect"] = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.PostFormValue("token"), ".") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answer(w, r)
	}
}

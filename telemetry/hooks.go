package telemetry

import (
	"log/slog"
	"net/http"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"github.com/gin-gonic/gin"
)

// Hooks are what observes an API beside its logs. Packages such as metrics and tracing add themselves, before the API
// is made. The zero value observes nothing.
type Hooks struct {
	Log           *slog.Logger                                                      // of the API
	Middleware    []gin.HandlerFunc                                                 // of every request, before all that may respond
	Authenticator func(ginauth.Authenticator, *auth.Verifier) ginauth.Authenticator // wraps that of the routes; nil for none
	Observe       func(auth.Event)                                                  // receives what the verifier does; nil for none
	Transport     http.RoundTripper                                                 // of requests to the provider; nil for the default
	Servers       []Server                                                          // beside the API
	End           []func()                                                          // called when the API has ended
}

// A Server is a handler with a listener of its own, which callers of the API do not reach.
type Server struct {
	Name     string // in the log
	Variable string // of its address
	Addr     string
	Handler  http.Handler
}

// Wrap returns the authenticator of the routes.
func (h *Hooks) Wrap(a ginauth.Authenticator, verifier *auth.Verifier) ginauth.Authenticator {
	if h.Authenticator == nil {
		return a
	}
	return h.Authenticator(a, verifier)
}

// Observed returns configurations of verifiers that the hooks observe.
func (h *Hooks) Observed(all []auth.Config) []auth.Config {
	for i := range all {
		all[i].Transport, all[i].Observe = h.Transport, h.Observe
	}
	return all
}

// Close ends what the hooks have begun.
func (h *Hooks) Close() {
	for _, end := range h.End {
		end()
	}
}

package handlers

import (
	"context"
	"net/http"

	"example.com/gatehouse/auth"
	"github.com/gin-gonic/gin"
)

// A Health is the state of the API, and why.
type Health struct {
	Status string            `json:"status" enums:"ok,ready,degraded,down" example:"ready"`
	Checks map[string]string `json:"checks,omitempty" example:"database:the database answers,issuer:the provider's keys are fresh"` // what the state is made from
}

// Healthz responds as long as the process serves requests.
//
//	@Summary		Alive
//	@Description	Responds as long as the process serves requests. For liveness probes.
//	@ID				getHealth
//	@Tags			service
//	@Success		200	{object}	Health
//	@Router			/healthz [get]
func Healthz(c *gin.Context) error {
	return writeJSON(c, http.StatusOK, Health{Status: "ok"})
}

// A Database reports whether it can be used. Every readiness probe calls Ready, so it must return at once. Its
// error is shown to callers: it has no addresses and no secrets.
type Database interface {
	Ready(ctx context.Context) error
}

// Readyz reports whether requests with tokens can be served. Degraded is ready.
//
//	@Summary		Ready
//	@Description	Reports whether requests with tokens can be served, and why not. `degraded` is ready: a provider does not respond, and its last keys are used for a bounded time, one of several has no keys, it does not answer questions about tokens, or revocations cannot be read. Without its database, and when it is about to stop, the API is `down`. For readiness probes.
//	@ID				getReadiness
//	@Tags			service
//	@Success		200	{object}	Health
//	@Failure		503	{object}	Health
//	@Router			/readyz [get]
func (a *API) Readyz(c *gin.Context) error {
	health := Health{string(a.parts.Verifier.State()), map[string]string{}}
	for i, issuer := range a.parts.Verifier.Issuers() {
		health.Checks["issuer"+a.config.Issuers()[i].Suffix()] = issuer.Provider().Status().Detail
	}
	health.Checks["database"] = "the database answers"
	if err := a.parts.DB.Ready(c); err != nil {
		health.Status, health.Checks["database"] = string(auth.Down), err.Error()
	}
	for name, limitation := range a.parts.Verifier.Limitations() {
		health.Checks[name] = limitation
		if health.Status == string(auth.Ready) {
			health.Status = string(auth.Degraded)
		}
	}
	select {
	case <-a.parts.Stopping:
		health.Status, health.Checks["process"] = string(auth.Down), "it is about to stop"
	default:
	}
	status := http.StatusOK
	if health.Status == string(auth.Down) {
		status = http.StatusServiceUnavailable
	}
	return writeJSON(c, status, health)
}

package handlers

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

// LogOut accepts logout tokens of the provider (OpenID Connect Back-Channel Logout 1.0, section 2.5). Its responses are those
// of section 2.8, for programs of the provider: the log has what is wrong with a token.
func (h *Revocations) LogOut(c *gin.Context) error {
	if err := h.logOut(c); err != nil {
		if t, ok := errors.AsType[*problem.Type](err); !ok || !telemetry.ServerError(t.Status) {
			err = fmt.Errorf("%w: %w", problem.ParameterInvalid, err)
		}
		telemetry.SetError(c, err)
		return writeJSON(c, http.StatusBadRequest, map[string]string{
			"error": "invalid_request", "error_description": "The logout failed. The log of the API has the reason.",
		})
	}
	c.Status(http.StatusOK)
	return nil
}

func (h *Revocations) logOut(c *gin.Context) error {
	token, err := logoutToken(c)
	if err != nil {
		return err
	}
	ctx, address := c.Request.Context(), c.ClientIP()
	if h.throttle != nil { // an anonymous caller must not make the API check any number of signatures
		ctx = auth.LimitSignatures(ctx, h.throttle.Limit(address))
	}
	logout, genuine, err := h.parts.Verifier.VerifyLogout(ctx, token, h.config.LogoutClients)
	if err != nil {
		if h.throttle != nil && !genuine {
			h.throttle.Failed(address)
		}
		return err
	}
	fresh, err := h.revoker.logOut(ctx, logout, time.Now())
	if err == nil && !fresh {
		err = errors.New("logout token: it was used before")
	}
	return err
}

// logoutToken returns the logout token in the body, which must be the only one.
func logoutToken(c *gin.Context) (string, error) {
	r := c.Request
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return "", errors.New("logout token: the body is not application/x-www-form-urlencoded")
	}
	r.Body = http.MaxBytesReader(c.Writer, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return "", fmt.Errorf("logout token: %w", err)
	}
	if tokens := r.PostForm["logout_token"]; len(tokens) == 1 && tokens[0] != "" {
		return tokens[0], nil
	}
	return "", errors.New("logout token: the body must have one")
}

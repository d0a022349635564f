package handlers

import (
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"github.com/gin-gonic/gin"
)

// revocationRoutes declares the routes that revoke tokens, and begins to read what other instances revoke.
func (a *API) revocationRoutes(r *ginauth.Router) {
	h := &Revocations{a, newRevoker(a.parts)}
	r.Group("/admin").Require().Role("admin").POST("/revocations", h.Revoke)
	if len(a.config.LogoutClients) > 0 {
		r.Public().Hidden().POST("/backchannel-logout", h.LogOut)
	}
}

// Revocations are the operations that revoke tokens.
type Revocations struct {
	*API
	revoker *revoker
}

// A RevocationDraft says which tokens to revoke: it has one of subject, token_id and session_id.
type RevocationDraft struct {
	Subject   string    `json:"subject,omitempty" binding:"max=255" example:"bob"`                                                                              // tokens of the subject
	TokenID   string    `json:"token_id,omitempty" binding:"max=1000"`                                                                                          // the token with that jti
	SessionID string    `json:"session_id,omitempty" binding:"max=1000"`                                                                                        // tokens with that sid
	Issuer    string    `json:"issuer,omitempty" binding:"max=1000"`                                                                                            // of the tokens; by default the issuer of the API
	Before    time.Time `json:"before,omitzero" format:"date-time"`                                                                                             // tokens of the subject that were issued later stay valid; by default now
	ExpiresIn int       `json:"expires_in,omitempty" default:"2592000" binding:"min=1,max=31536000" minimum:"1" maximum:"31536000" extensions:"x-unit=seconds"` // after how many seconds the last of the tokens has expired
}

// Revoke revokes tokens.
//
//	@Summary		Revoke tokens
//	@Description	Revokes the tokens of a subject that were issued before an instant, one token, or the tokens of a session. Every instance of the API rejects them within 5 seconds. A subject can sign in again.
//	@ID				revokeTokens
//	@Tags			admin
//	@Param			revocation	body	RevocationDraft	true	"What to revoke."
//	@Success		204
//	@Router			/admin/revocations [post]
func (h *Revocations) Revoke(c *gin.Context, caller *auth.Principal) error {
	var draft RevocationDraft
	if err := h.input.JSON(c, &draft); err != nil {
		return err
	}
	revocation, err := h.revocation(&draft, time.Now())
	if err != nil {
		return err
	}
	if _, err := h.revoker.store.Add(c.Request.Context(), owner(caller), revocationRow(revocation)); err != nil {
		return err
	}
	h.revoker.list.Add(revocation) // it is in effect here at once, and at other instances within 5 seconds
	return noContent(c)
}

// revocation returns the revocation that a caller asks for.
func (h *Revocations) revocation(draft *RevocationDraft, now time.Time) (auth.Revocation, error) {
	kinds := []struct {
		kind  auth.RevocationKind
		value string
	}{{auth.RevokeSubject, draft.Subject}, {auth.RevokeID, draft.TokenID}, {auth.RevokeSession, draft.SessionID}}
	var found []auth.Revocation
	before := now.Add(h.config.ClockSkew) // iat is by the provider's clock, which may be ahead
	if !draft.Before.IsZero() {
		before = draft.Before
	}
	issuer, wrong := h.config.TokenIssuer(draft.Issuer)
	until := now.Add(time.Duration(draft.ExpiresIn)*time.Second + 2*auth.MaxLeeway)
	for _, k := range kinds {
		if k.value != "" {
			found = append(found, auth.Revocation{Kind: k.kind, Issuer: issuer, Value: k.value, Before: before, Until: until})
		}
	}
	switch {
	case len(found) != 1:
		return auth.Revocation{}, invalid(fieldError("", "must have one of subject, token_id and session_id"))
	case !draft.Before.IsZero() && draft.Subject == "":
		return auth.Revocation{}, invalid(fieldError("/before", "is for the tokens of a subject"))
	case !draft.Before.IsZero() && before.After(now):
		return auth.Revocation{}, invalid(fieldError("/before", "must not be in the future"))
	case wrong != nil:
		return auth.Revocation{}, invalid(fieldError("/issuer", "is no issuer of this API: "+wrong.Error()))
	}
	return found[0], nil
}

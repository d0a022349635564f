package handlers

import (
	"cmp"
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json/jsontext"
)

// A Caller is the sender of a token, as the token describes it.
type Caller struct {
	Subject   string    `json:"subject" example:"alice"`                                      // identifies the caller at the issuer
	Issuer    string    `json:"issuer" format:"uri" example:"http://localhost:9000"`          // who issued the token
	ClientID  string    `json:"client_id" example:"docs"`                                     // application that the caller uses
	Scopes    []string  `json:"scopes" example:"items:read,items:write"`                      // what the application may do
	Roles     []string  `json:"roles" example:"admin"`                                        // what the caller may do
	ExpiresAt time.Time `json:"expires_at" format:"date-time" example:"2026-11-23T09:05:00Z"` // when the token expires
}

// Me returns the caller as its token describes it.
//
//	@Summary		Who am I
//	@Description	Returns what the access token says of its holder. Any valid token is accepted.
//	@ID				getMe
//	@Tags			me
//	@Success		200	{object}	Caller
//	@Router			/me [get]
func Me(c *gin.Context, caller *auth.Principal) error {
	return writeJSON(c, http.StatusOK, Caller{
		Subject: caller.Subject, Issuer: caller.Issuer, ClientID: caller.ClientID,
		Scopes: orEmpty(caller.Scopes), Roles: orEmpty(caller.Roles), ExpiresAt: caller.ExpiresAt.UTC(),
	})
}

// A Profile is a user as the provider describes it (OpenID Connect Core, section 5.1). It may have more members
// than these.
type Profile struct {
	Subject  string `json:"sub" example:"alice"`                         // identifies the user at the issuer
	Name     string `json:"name,omitempty" example:"Alice"`              // with scope profile
	Email    string `json:"email,omitempty" example:"alice@example.com"` // with scope email
	Verified bool   `json:"email_verified,omitempty" example:"true"`     // with scope email
}

// MyProfile returns the provider's userinfo. The caller's token is sent to its own issuer and nowhere else.
//
//	@Summary		My profile
//	@Description	Returns the provider's userinfo about the caller. Its members depend on the scopes `profile` and `email`.
//	@ID				getMyProfile
//	@Tags			me
//	@Success		200	{object}	Profile
//	@Router			/me/profile [get]
func (a *API) MyProfile(c *gin.Context, caller *auth.Principal) error {
	token, err := auth.BearerToken(c.Request)
	if err != nil {
		return err
	}
	info, err := cmp.Or(caller.Provider(), a.parts.Verifier.Provider()).UserInfo(c.Request.Context(), token, caller)
	if err != nil {
		return err
	}
	var profile jsontext.Value
	if err := info.Claims(&profile); err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/json", profile)
	return nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

package handlers

import (
	"net/http"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// Keys are the operations on API keys. They accept tokens alone: a key never makes, renews or revokes a key.
type Keys struct {
	Resource[store.APIKey, *store.APIKey]
	keys     KeyStore
	verifier *apikey.Verifier
}

const (
	defaultKeyLife = 90 * 24 * time.Hour
	recentSignIn   = time.Hour // how old the sign-in may be of a caller who makes or renews a key
)

// List returns a page of the caller's keys.
//
//	@Summary		List API keys
//	@Description	Returns the caller's own keys, oldest first, a page at a time. A revoked key stays until it would have expired.
//	@ID				listKeys
//	@Tags			keys
//	@Success		200	{object}	KeyPage
//	@Router			/keys [get]
func (h *Keys) List(c *gin.Context, caller *auth.Principal) error {
	rows, next, err := h.list(c, caller)
	if err != nil {
		return err
	}
	keys := make([]Key, len(rows))
	for i, row := range rows {
		keys[i] = keyOf(row)
	}
	return writeJSON(c, http.StatusOK, KeyPage{keys, next})
}

// Create makes a key that acts for the caller.
//
//	@Summary		Make an API key
//	@Description	Makes a key that acts for the caller, with scopes of the caller's token. The response has the key itself, which is not shown again.
//	@ID				createKey
//	@Tags			keys
//	@Param			key	body		KeyDraft	true	"The key."
//	@Success		201	{object}	RevealedKey
//	@Router			/keys [post]
func (h *Keys) Create(c *gin.Context, caller *auth.Principal) error {
	var draft KeyDraft
	if err := h.input.JSON(c, &draft); err != nil {
		return err
	}
	if err := checkGrant(caller, draft.Scopes); err != nil {
		return err
	}
	life := defaultKeyLife
	if draft.ExpiresIn != nil {
		life = time.Duration(*draft.ExpiresIn) * time.Second
	}
	secret := apikey.NewSecret()
	row, err := h.store.Create(c.Request.Context(), owner(caller), store.APIKey{
		Name: draft.Name, Scopes: draft.Scopes, Hash: string(secret.Hash()), ExpiresAt: time.Now().Add(life),
	})
	if err != nil {
		return err
	}
	c.Header("Location", h.path+"/"+row.ID)
	setHeader(c, "ETag", "W/"+row.ETag())
	return writeJSON(c, http.StatusCreated, h.reveal(row, secret))
}

// reveal returns a key with its text.
func (h *Keys) reveal(row store.APIKey, secret apikey.Secret) RevealedKey {
	return RevealedKey{keyOf(row), h.verifier.Format().Write(row.ID, secret)}
}

// checkGrant rejects scopes that the caller cannot give to a key: those that its token lacks, and those of keys.
func checkGrant(caller *auth.Principal, scopes []string) error {
	for _, scope := range scopes {
		switch {
		case strings.HasPrefix(scope, "keys:"):
			return invalid(fieldError("/scopes", "must not have scopes of keys: a key cannot make or revoke keys"))
		case !caller.HasScope(scope):
			return invalid(fieldError("/scopes", "must have scopes of the token alone"))
		}
	}
	return nil
}

// Get returns a key. When a key was last used is no change of it, so its entity tag is a weak one.
//
//	@Summary		Get an API key
//	@Description	Returns one of the caller's keys, without its secret.
//	@ID				getKey
//	@Tags			keys
//	@Success		200	{object}	Key
//	@Router			/keys/{id} [get]
func (h *Keys) Get(c *gin.Context, _ *auth.Principal, row store.APIKey) error {
	if unchanged, err := notModified(c, row.Key, "W/"+row.ETag()); unchanged || err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, keyOf(row))
}

// Rotate gives a key another secret.
//
//	@Summary		Rotate an API key
//	@Description	Gives one of the caller's keys another secret, which is not shown again. Id, scopes and expiry stay. The old secret works for `overlap` seconds, at most 7 days; one that is older no longer works. The token must have every scope of the key.
//	@ID				rotateKey
//	@Tags			keys
//	@Param			If-Match	header		string		false	"The ETag of the key that was read. If it has changed, the response is 412."
//	@Param			rotation	body		Rotation	false	"How long the old secret works; by default not at all."
//	@Success		200			{object}	RevealedKey
//	@Failure		412			{object}	problem.Body
//	@Router			/keys/{id}/rotate [post]
func (h *Keys) Rotate(c *gin.Context, caller *auth.Principal, row store.APIKey) error {
	var rotation Rotation
	if c.Request.ContentLength != 0 {
		if err := h.input.JSON(c, &rotation); err != nil {
			return err
		}
	}
	now := time.Now()
	if err := (&auth.Requirement{Scopes: row.Scopes}).Check(caller, now); err != nil {
		return err
	}
	if row.RevokedAt != nil || !now.Before(row.ExpiresAt) {
		return errEnded
	}
	version, err := expected(c, row.Key, false)
	if err != nil {
		return err
	}
	secret := apikey.NewSecret()
	hash := string(secret.Hash())
	row, err = h.keys.Rotate(c.Request.Context(), row.ID, version, hash, now.Add(time.Duration(rotation.Overlap)*time.Second))
	if err != nil {
		return err
	}
	h.verifier.Remove(func(caller *auth.Principal) bool { return caller.ClientID == apikey.ClientID(row.ID) })
	if row.RevokedAt != nil { // meanwhile
		return errEnded
	}
	setHeader(c, "ETag", "W/"+row.ETag())
	return writeJSON(c, http.StatusOK, h.reveal(row, secret))
}

// errEnded is the error of a rotation of a key that no secret helps.
var errEnded = invalid(fieldError("", "the key expired or was revoked: make a new one"))

// Revoke revokes a key.
//
//	@Summary		Revoke an API key
//	@Description	Revokes one of the caller's keys, for good. Every instance of the API rejects it within 5 seconds. The key stays in the list until it would have expired.
//	@ID				revokeKey
//	@Tags			keys
//	@Success		204
//	@Router			/keys/{id} [delete]
func (h *Keys) Revoke(c *gin.Context, _ *auth.Principal, row store.APIKey) error {
	version, err := expected(c, row.Key, h.requireIfMatch)
	if err != nil {
		return err
	}
	if err := h.keys.Revoke(c.Request.Context(), row.ID, version); err != nil {
		return err
	}
	h.verifier.Remove(func(caller *auth.Principal) bool { return caller.ClientID == apikey.ClientID(row.ID) })
	return noContent(c)
}

// ListAll returns a page of the keys of all owners.
//
//	@Summary		List all API keys
//	@Description	Returns the keys of all callers with their owners, oldest first, a page at a time.
//	@ID				listAllKeys
//	@Tags			admin
//	@Success		200	{object}	OwnedKeyPage
//	@Router			/admin/keys [get]
func (h *Keys) ListAll(c *gin.Context, _ *auth.Principal) error {
	rows, next, err := h.listAll(c)
	if err != nil {
		return err
	}
	keys := make([]OwnedKey, len(rows))
	for i, row := range rows {
		keys[i] = OwnedKey{keyOf(row), row.Owner.Issuer, row.Owner.Subject}
	}
	return writeJSON(c, http.StatusOK, OwnedKeyPage{keys, next})
}

// RevokeOwned revokes all keys of a subject.
//
//	@Summary		Revoke the API keys of a subject
//	@Description	Revokes all keys of a subject, for good. Every instance of the API rejects them within 5 seconds.
//	@ID				revokeKeysOfSubject
//	@Tags			admin
//	@Param			subject	query	string	true	"The subject."	minlength(1)	extensions(x-example=bob)
//	@Param			issuer	query	string	false	"The issuer of the subject; by default every one."
//	@Success		204
//	@Failure		503	{object}	problem.Body
//	@Router			/admin/keys [delete]
func (h *Keys) RevokeOwned(c *gin.Context, _ *auth.Principal) error {
	query, err := queryOf(c, "subject", "issuer")
	if err != nil {
		return err
	}
	issuer, subject := query.Get("issuer"), query.Get("subject")
	if subject == "" {
		return parameterError(nil, "subject", "is required", nil)
	}
	if err := h.keys.RevokeOwned(c.Request.Context(), issuer, subject); err != nil {
		return err
	}
	h.verifier.Remove(func(caller *auth.Principal) bool {
		return caller.Subject == subject && (issuer == "" || caller.Issuer == issuer)
	})
	return noContent(c)
}

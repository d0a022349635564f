package authtest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// The client that may introspect. Its secret has characters that must be encoded (RFC 6749, section 2.3.1).
const (
	ClientID     = "urn:example:api"
	ClientSecret = "s3cr:t/+ &%é"
)

// introspection is what an issuer knows of tokens (RFC 7662).
type introspection struct {
	opaque  map[string]Claims
	revoked map[string]bool
	post    bool // the secret is expected in the form
	sign    func(answer Claims) string
}

// Opaque returns an access token without a form, with the claims of [Issuer.Claims] and the type Bearer.
func (i *Issuer) Opaque(changes ...Claims) string {
	claims := i.Claims(append([]Claims{{"token_type": "Bearer"}}, changes...)...)
	token := "opaque_" + rand.Text()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.opaque == nil {
		i.opaque = map[string]Claims{}
	}
	i.opaque[token] = claims
	return token
}

// Revoke makes a token inactive.
func (i *Issuer) Revoke(token string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.revoked == nil {
		i.revoked = map[string]bool{}
	}
	i.revoked[token] = true
}

// PostSecrets makes the issuer expect the secret in the form, and say so in its metadata.
func (i *Issuer) PostSecrets() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.post = true
}

// SignAnswers makes the issuer sign its answers (RFC 9701), with changes of the header and of the claims around them.
func (i *Issuer) SignAnswers(header map[string]any, changes Claims) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sign = func(answer Claims) string {
		full := map[string]any{"typ": "token-introspection+jwt"}
		maps.Copy(full, header)
		claims := Claims{"iss": i.URL, "aud": ClientID, "iat": i.Now().Unix(), "token_introspection": answer}
		maps.Copy(claims, changes)
		maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
		return i.Sign(full, claims)
	}
}

func (i *Issuer) methods() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.post {
		return []string{"client_secret_post"}
	}
	return []string{"client_secret_post", "client_secret_basic"}
}

// introspect responds to a client that authenticates itself. Expiry is compared; the signature of a JWT is not checked.
func (i *Issuer) introspect(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil || r.Method != http.MethodPost || !i.authenticated(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer := i.answer(r.PostFormValue("token"))
	i.mu.Lock()
	sign := i.sign
	i.mu.Unlock()
	if sign == nil || !strings.Contains(r.Header.Get("Accept"), "application/token-introspection+jwt") {
		writeJSON(w, answer)
		return
	}
	w.Header().Set("Content-Type", "application/token-introspection+jwt")
	io.WriteString(w, sign(answer))
}

func (i *Issuer) authenticated(r *http.Request) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.post {
		return r.Header.Get("Authorization") == "" && r.PostFormValue("client_id") == ClientID && r.PostFormValue("client_secret") == ClientSecret
	}
	user, password, _ := r.BasicAuth()
	return user == url.QueryEscape(ClientID) && password == url.QueryEscape(ClientSecret) && !r.PostForm.Has("client_secret")
}

func (i *Issuer) answer(token string) Claims {
	i.mu.Lock()
	claims, revoked := maps.Clone(i.opaque[token]), i.revoked[token]
	i.mu.Unlock()
	if payload, _, ok := strings.Cut(token[strings.Index(token, ".")+1:], "."); ok {
		claims = Claims{"token_type": "Bearer"}
		text, _ := base64.RawURLEncoding.DecodeString(payload)
		if json.Unmarshal(text, &claims) != nil {
			claims = nil
		}
	}
	var end int64
	switch exp := claims["exp"].(type) {
	case int64:
		end = exp
	case int:
		end = int64(exp)
	case float64:
		end = int64(exp)
	}
	if claims == nil || revoked || claims["exp"] != nil && i.Now().Unix() >= end {
		return Claims{"active": false}
	}
	claims["active"] = true
	return claims
}

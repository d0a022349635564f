package main

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// audience is the audience of all tokens.
const audience = "https://api.example.com"

// An issuer is an OpenID provider on a loopback address with one key.
type issuer struct {
	*authtest.Issuer
	server *httptest.Server
}

func startIssuer(algorithm string) *issuer {
	i := &issuer{Issuer: authtest.New("", audience)}
	i.Swap(authtest.NewKey(algorithm))
	i.server = httptest.NewUnstartedServer(i.Issuer)
	i.URL = "http://" + i.server.Listener.Addr().String()
	i.server.Start()
	return i
}

func (i *issuer) close() {
	i.server.CloseClientConnections()
	i.server.Close()
}

// keySetURL returns the address of the issuer's keys.
func (i *issuer) keySetURL() string { return i.URL + "/jwks" }

// token returns an access token of the shape of RFC 9068, different from every other.
func (i *issuer) token(changes ...authtest.Claims) string {
	claims := authtest.Claims{
		"sub":       "248289761001-4f5c-9be1-7d3a",
		"client_id": "s6BhdRkqt3.apps.example.com",
		"jti":       rand.Text(),
		"scope":     "openid profile email items:read items:write",
		"roles":     []string{"administrator", "editor", "auditor"},
		"exp":       i.Now().Add(time.Hour).Unix(),
	}
	return i.Token(append([]authtest.Claims{claims}, changes...)...)
}

// tokenOf returns a token of a subject with the scopes of items.
func (i *issuer) tokenOf(subject string) string { return i.token(authtest.Claims{"sub": subject}) }

// tokens returns n different tokens. It uses all cores.
func (i *issuer) tokens(n int) []string {
	list := make([]string, n)
	parallel(n, func(k int) { list[k] = i.token() })
	return list
}

// parallel calls do with every number below n on all cores.
func parallel(n int, do func(k int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for k := next.Add(1) - 1; k < int64(n); k = next.Add(1) - 1 {
				do(int(k))
			}
		})
	}
	workers.Wait()
}

// newRequest returns a request with an Authorization header, unless it is empty.
func newRequest(authorization string) *http.Request {
	r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}, Header: http.Header{}}
	if authorization != "" {
		r.Header["Authorization"] = []string{authorization}
	}
	return r
}

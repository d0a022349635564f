package token

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"example.com/gatehouse/cli"
	"golang.org/x/oauth2"
)

// byBrowser is the authorization code grant with PKCE, for a program without a server: the browser returns
// to a port of this machine (RFC 8252, section 7.3).
func (c *client) byBrowser(ctx context.Context, con *cli.Console, t *Command) (*oauth2.Token, error) {
	if err := c.check("authorization_endpoint", c.Endpoint.AuthURL); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(t.Port))))
	if err != nil {
		return nil, fmt.Errorf("waiting for the browser: %w", err)
	}
	c.RedirectURL = "http://" + listener.Addr().String() + "/callback"
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	address := c.AuthCodeURL(state, append(c.target, oauth2.S256ChallengeOption(verifier))...)

	fmt.Fprintf(con.Err, "Sign in at\n\n    %s\n\nThe client %q must have the redirect URI %s\n", address, c.ClientID, c.RedirectURL)
	if !t.NoBrowser {
		_ = con.Browse(address) // the address is printed as well
	}
	code, err := c.waitForCode(ctx, listener, state)
	if err != nil {
		return nil, err
	}
	return c.Exchange(ctx, code, append(c.target, oauth2.VerifierOption(verifier))...)
}

// waitForCode returns the code of the authorization response that reaches the listener.
func (c *client) waitForCode(ctx context.Context, listener net.Listener, state string) (string, error) {
	responses := make(chan url.Values, 1)
	mux := http.NewServeMux()
	mux.Handle("GET /callback", c.callback(state, responses))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	server.SetKeepAlivesEnabled(false)
	go server.Serve(listener)
	defer server.Close()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case q := <-responses:
		deadline, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		server.Shutdown(deadline) // so that the browser gets its page
		return c.read(q)
	}
}

// callback returns the handler that the browser returns to. It passes on the first response that has the state, and
// rejects all others: any page in the browser can send a request here (RFC 6749, section 10.12).
func (c *client) callback(state string, responses chan<- url.Values) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		q := r.URL.Query()
		if q.Get("state") != state {
			http.Error(w, "This is not the response to the current sign-in.", http.StatusBadRequest)
			return
		}
		select {
		case responses <- q:
		default:
		}
		text := "Signed in: continue in the terminal. You can close this page.\n"
		if _, err := c.read(q); err != nil {
			text = "The sign-in failed; the terminal says why. You can close this page.\n"
		}
		io.WriteString(w, text)
	}
}

// read returns the code of an authorization response. A response that names another issuer, or none where
// this one always names itself, is from another provider (RFC 9207, section 2.4).
func (c *client) read(q url.Values) (string, error) {
	switch {
	case q.Has("iss") && q.Get("iss") != c.issuer, c.named && !q.Has("iss"):
		return "", fmt.Errorf("the response is not from %s: its iss is %q", c.issuer, q.Get("iss"))
	case q.Has("error"):
		return "", providerError(q.Get("error"), q.Get("error_description"))
	case q.Get("code") == "":
		return "", errors.New("the response has neither a code nor an error")
	}
	return q.Get("code"), nil
}

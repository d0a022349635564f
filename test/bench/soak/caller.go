package soak

import (
	"context"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// How callers send valid tokens.
const (
	callers        = 4
	callerInterval = 2 * time.Millisecond
	uses           = 20               // of one token
	callerTimeout  = 10 * time.Second // of one request
)

// A signedToken is a token and the key that signed it.
type signedToken struct {
	text string
	key  *authtest.Key
}

// call sends valid tokens, each several times, until ctx is done. Between them it sends the last token
// of the previous key.
func (s *soak) call(ctx context.Context) {
	var current, previous signedToken
	for k := 0; sleep(ctx, callerInterval); k++ {
		if key := s.issuer.Key(); k%uses == 0 || key != current.key {
			if current.key != nil && key != current.key {
				previous = current
			}
			current = signedToken{key.Sign(map[string]any{"typ": "at+jwt"}, s.issuer.Claims()), key}
		}
		s.send(current)
		if previous.key != nil && k%4 == 0 {
			s.send(previous)
		}
	}
}

// send compares what the verifier does with a token with the expectation.
func (s *soak) send(token signedToken) {
	ctx, cancel := context.WithTimeout(context.Background(), callerTimeout)
	defer cancel()
	sent := time.Now()
	err := s.authenticate(ctx, token.text)
	if err == nil {
		s.history.accepted(token.key)
	}
	switch expected := s.history.expected(token.key, sent); {
	case expected == reject:
		s.forged.Add(1)
		if err == nil {
			s.accepted.Add(1)
			s.report("A token was accepted whose key was withdrawn more than %s before.", settle)
		}
	case expected == accept || err == nil:
		s.valid.Add(1)
		if err != nil {
			s.rejected.Add(1)
			s.report("A valid token was rejected: %v.", err)
		}
	}
}

package soak

import (
	"context"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// Callers with valid tokens, and how they behave.
const (
	callers  = 4
	pause    = 2 * time.Millisecond // between two requests of one caller
	uses     = 20                   // of one token
	patience = 10 * time.Second     // with one request
)

// A holding is a token and the key that it is signed with.
type holding struct {
	token string
	key   *authtest.Key
}

// call sends valid tokens, each several times, until ctx is done; and along with them the last
// token of the key before, whatever became of it.
func (s *soak) call(ctx context.Context) {
	var now, before holding
	for k := 0; sleep(ctx, pause); k++ {
		if key := s.issuer.Key(); k%uses == 0 || key != now.key {
			if now.key != nil && key != now.key {
				before = now
			}
			now = holding{key.Sign(map[string]any{"typ": "at+jwt"}, s.issuer.Claims()), key}
		}
		s.send(now)
		if before.key != nil && k%4 == 0 {
			s.send(before)
		}
	}
}

// send judges what the verifier says to a token that its issuer signed.
func (s *soak) send(h holding) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	sent := time.Now()
	err := s.authenticate(ctx, h.token)
	if err == nil {
		s.ledger.accept(h.key)
	}
	switch verdict := s.ledger.verdict(h.key, sent); {
	case verdict == bad:
		s.forged.Add(1)
		if err == nil {
			s.accepted.Add(1)
			s.complain("A token was accepted whose key was withdrawn more than %s before.", settle)
		}
	case verdict == good || err == nil:
		s.valid.Add(1)
		if err != nil {
			s.refused.Add(1)
			s.complain("A valid token was refused: %v.", err)
		}
	}
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
)

// Revoke is the command that revokes tokens before they expire, in the database of the API.
type Revoke struct {
	Subject string        `xor:"what" required:"" placeholder:"SUB" help:"Revoke the tokens of this subject that were issued until now, and within CLOCK_SKEW. It can sign in again."`
	JTI     string        `xor:"what" required:"" name:"jti" placeholder:"JTI" help:"Revoke the token with this identifier."`
	SID     string        `xor:"what" required:"" name:"sid" placeholder:"SID" help:"Revoke the tokens of this session at the provider."`
	Issuer  string        `placeholder:"N|URL" help:"The issuer of the tokens: its number, as in OIDC_ISSUER_2, or its URL. Default: the first."`
	Before  time.Time     `placeholder:"TIME" help:"With -subject, revoke only tokens that were issued until this instant, as in 2026-11-23T09:00:00Z."`
	For     time.Duration `default:"720h" placeholder:"720h" help:"How long the tokens live at most. The revocation is stored for so long."`
}

// Run needs no provider. Every instance of the API reads the revocation within 5 seconds.
func (r Revoke) Run(ctx context.Context, c *Console) error {
	cfg, err := c.Env.Read()
	if err != nil {
		return err
	}
	now := c.Now()
	if err := r.check(cfg.DatabaseURL, now); err != nil {
		return err
	}
	issuer, err := cfg.TokenIssuer(r.Issuer)
	if err != nil {
		return fmt.Errorf("-issuer: %w", err)
	}
	before := r.Before
	if before.IsZero() {
		before = now.Add(cfg.ClockSkew) // iat is by the provider's clock, which may be ahead
	}
	db, err := store.Open(ctx, cfg.DatabaseURL, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	defer db.Close()
	kind, value := r.what()
	_, err = store.NewRevocations(db).Add(ctx, store.Owner{Subject: "gatehouse revoke", Client: true}, store.Revocation{
		Kind: string(kind), Issuer: issuer, Value: value, Before: before, Until: now.Add(r.For + 2*auth.MaxLeeway),
	})
	if err == nil {
		fmt.Fprintf(c.Out, "revoked: every instance of the API rejects tokens of %s with the %s %q within 5 seconds\n", issuer, kind, value)
	}
	return err
}

// check reports what is wrong with the arguments.
func (r Revoke) check(database string, now time.Time) error {
	_, value := r.what()
	switch {
	case value == "":
		return errors.New("-subject, -jti or -sid is empty")
	case !r.Before.IsZero() && r.Subject == "":
		return errors.New("-before is for -subject")
	case r.Before.After(now):
		return errors.New("-before is in the future")
	case r.For <= 0:
		return errors.New("-for is not positive")
	case database == "memory:":
		return errors.New("the database of the API is in memory: use POST /admin/revocations")
	case store.Missing(database):
		return fmt.Errorf("DATABASE_URL: there is no %s, which the API creates when it starts", database)
	}
	return nil
}

// what returns what is revoked.
func (r Revoke) what() (kind auth.RevocationKind, value string) {
	switch {
	case r.Subject != "":
		return auth.RevokeSubject, r.Subject
	case r.JTI != "":
		return auth.RevokeID, r.JTI
	}
	return auth.RevokeSession, r.SID
}

package keys

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"example.com/gatehouse/store"
)

// Create is the command that makes a key. Its owner is a client, so that it is never a user with the same subject.
type Create struct {
	Subject string   `help:"Who the key acts for, and what it creates belongs to." required:"" placeholder:"NAME"`
	Scopes  []string `help:"What the key may do, separated by commas." required:"" placeholder:"SCOPE"`
	Name    string   `help:"What the key is for; by default the subject." placeholder:"TEXT"`
	Days    int      `help:"When the key expires: in 1 to 365 days." default:"90"`
	JSON    bool     `help:"Print JSON, for programs: the key with its id and expiry."`
}

// A made key is one in the output, with its text.
type made struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	Scopes  []string  `json:"scopes"`
	Expires time.Time `json:"expires_at"`
	Key     string    `json:"key"`
}

// Run prints the key alone to the standard output, or as JSON.
func (k *Create) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := c.Env.Read()
	if err != nil {
		return err
	}
	if err := k.check(c, cfg); err != nil {
		return err
	}
	keys, done, err := open(ctx, c, cfg)
	if err != nil {
		return err
	}
	defer done()
	secret := apikey.NewSecret()
	row, err := keys.Create(ctx, store.Owner{Issuer: cfg.Issuer, Subject: k.Subject, Client: true}, store.APIKey{
		Name: cmp.Or(k.Name, k.Subject), Scopes: k.Scopes, Hash: string(secret.Hash()), ExpiresAt: c.Now().Add(time.Duration(k.Days) * 24 * time.Hour),
	})
	if err != nil {
		return err
	}
	text := apikey.NewFormat(config.Name).Write(row.ID, secret)
	if k.JSON {
		return cli.WriteJSON(c.Out, made{row.ID, row.Name, row.Owner.Issuer, row.Owner.Subject, row.Scopes, row.ExpiresAt, text})
	}
	fmt.Fprintf(c.Err, "The key %s of %q expires at %s. It is not shown again.\n", row.ID, k.Subject, stamp(&row.ExpiresAt))
	fmt.Fprintln(c.Out, text)
	return nil
}

// check returns what is wrong with the flags.
func (k *Create) check(c *cli.Console, cfg *config.Config) error {
	switch {
	case strings.TrimSpace(k.Subject) == "" || strings.ContainsFunc(k.Subject+k.Name, unicode.IsControl):
		return errors.New("-subject: a key needs a subject, and neither that nor the name may have control characters")
	case utf8.RuneCountInString(cmp.Or(k.Name, k.Subject)) > 100:
		return errors.New("-name: a name has 100 characters at most")
	case k.Days < 1 || k.Days > 365:
		return fmt.Errorf("-days %d: a key expires in 1 to 365 days", k.Days)
	case len(k.Scopes) == 0:
		return errors.New("-scopes: a key without scopes may do nothing")
	}
	table, err := c.Routes(cfg)
	if err != nil {
		return err
	}
	withoutKeys := func(r ginauth.Route) bool {
		return !r.Requirement.Accepts(auth.Key) && !r.Requirement.Accepts(auth.Basic)
	}
	return checkScopes(k.Scopes, ginauth.RequiredBy(slices.DeleteFunc(table, withoutKeys)).Scopes)
}

// checkScopes returns which of the scopes a key cannot have.
func checkScopes(scopes, known []string) error {
	for i, scope := range scopes {
		switch {
		case strings.HasPrefix(scope, "keys:"):
			return fmt.Errorf("-scopes %s: a key cannot make or revoke keys", scope)
		case !slices.Contains(known, scope):
			return fmt.Errorf("-scopes %s: no route that accepts keys requires it", scope)
		case slices.Contains(scopes[:i], scope):
			return fmt.Errorf("-scopes %s: it is named twice", scope)
		}
	}
	return nil
}

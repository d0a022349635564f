// Package keys has the commands that manage API keys in the database of the API, for machines that have no user who
// could sign in. Who can open the database can do as much without them.
//
//	gatehouse keys create -subject nightly-export -scopes items:read -name "nightly export"
//	gatehouse keys list
//	gatehouse keys revoke ID
package keys

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"example.com/gatehouse/store"
)

// Command has the commands.
type Command struct {
	Create Create `cmd:"" help:"Make a key for a machine, and print it. It is not shown again."`
	List   List   `cmd:"" help:"Print the keys of all owners, without their secrets."`
	Revoke Revoke `cmd:"" help:"Revoke a key, or all keys of a subject. The API rejects them within 5 seconds."`
}

// Create is the command that makes a key. Its owner is a client, so that it is never a user with the same subject.
type Create struct {
	Subject string   `help:"Who the key acts for, and what it creates belongs to." required:"" placeholder:"NAME"`
	Scopes  []string `help:"What the key may do, separated by commas." required:"" placeholder:"SCOPE"`
	Name    string   `help:"What the key is for; by default the subject." placeholder:"TEXT"`
	Days    int      `help:"When the key expires: in 1 to 365 days." default:"90"`
}

// Run prints the key alone to the standard output.
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
		Name: k.Name, Scopes: k.Scopes, Hash: string(secret.Hash()), ExpiresAt: c.Now().AddDate(0, 0, k.Days),
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Err, "The key %s of %s expires at %s. It is not shown again.\n", row.ID, k.Subject, stamp(&row.ExpiresAt))
	fmt.Fprintln(c.Out, apikey.NewFormat(config.Name).Write(row.ID, secret))
	return nil
}

// check sets the default of the name, and checks the flags.
func (k *Create) check(c *cli.Console, cfg *config.Config) error {
	if k.Name == "" {
		k.Name = k.Subject
	}
	switch {
	case k.Subject == "" || len(k.Name) > 100:
		return errors.New("a key needs a subject, and a name of at most 100 bytes")
	case k.Days < 1 || k.Days > 365:
		return fmt.Errorf("-days %d: a key expires in 1 to 365 days", k.Days)
	}
	table, err := c.Routes(cfg)
	if err != nil {
		return err
	}
	known := ginauth.RequiredBy(table).Scopes
	for _, scope := range k.Scopes {
		if strings.HasPrefix(scope, "keys:") {
			return fmt.Errorf("-scopes %s: a key cannot make or revoke keys", scope)
		}
		if !slices.Contains(known, scope) {
			return fmt.Errorf("-scopes %s: no route requires it", scope)
		}
	}
	return nil
}

// List is the command that prints the keys.
type List struct {
	JSON bool `help:"Print JSON, for programs."`
}

// A listed key is one in the output.
type listed struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Issuer   string     `json:"issuer"`
	Subject  string     `json:"subject"`
	Scopes   []string   `json:"scopes"`
	Expires  time.Time  `json:"expires_at"`
	LastUsed *time.Time `json:"last_used_at"`
	Revoked  *time.Time `json:"revoked_at,omitempty"`
}

// Run prints all pages.
func (l *List) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := c.Env.Read()
	if err != nil {
		return err
	}
	keys, done, err := open(ctx, c, cfg)
	if err != nil {
		return err
	}
	defer done()
	all := []listed{}
	for after, more := store.Cursor(""), true; more; more = after != "" {
		var page []store.APIKey
		if page, after, err = keys.ListAll(ctx, after, 100); err != nil {
			return err
		}
		for _, row := range page {
			all = append(all, listed{row.ID, row.Name, row.Owner.Issuer, row.Owner.Subject, row.Scopes, row.ExpiresAt, row.LastUsedAt, row.RevokedAt})
		}
	}
	if l.JSON {
		return cli.WriteJSON(c.Out, all)
	}
	return write(c, all)
}

func write(c *cli.Console, all []listed) error {
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tSUBJECT\tSCOPES\tEXPIRES\tLAST USED\tREVOKED")
	for _, k := range all {
		fmt.Fprintf(w, "%s\t%q\t%q\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Subject, strings.Join(k.Scopes, " "), stamp(&k.Expires), stamp(k.LastUsed), stamp(k.Revoked))
	}
	return w.Flush()
}

// stamp formats a time, if there is one.
func stamp(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// Revoke is the command that revokes keys.
type Revoke struct {
	ID      string `arg:"" optional:"" help:"The id of a key."`
	Subject string `help:"Revoke all keys of a subject." placeholder:"NAME"`
	Issuer  string `help:"With -subject: of this issuer alone." placeholder:"URL"`
}

// Run revokes.
func (r *Revoke) Run(ctx context.Context, c *cli.Console) error {
	if (r.ID == "") == (r.Subject == "") {
		return errors.New("name either the id of a key, or -subject")
	}
	cfg, err := c.Env.Read()
	if err != nil {
		return err
	}
	keys, done, err := open(ctx, c, cfg)
	if err != nil {
		return err
	}
	defer done()
	if r.Subject != "" {
		return keys.RevokeOwned(ctx, r.Issuer, r.Subject)
	}
	if err := keys.Revoke(ctx, r.ID, store.AnyVersion); err != nil {
		return fmt.Errorf("there is no such key: %w", err)
	}
	return nil
}

// open opens the database of the API until done is called.
func open(ctx context.Context, c *cli.Console, cfg *config.Config) (keys *store.APIKeys, done func() error, err error) {
	if cfg.DatabaseURL == "memory:" {
		return nil, nil, errors.New("DATABASE_URL: a database in memory is in the process of the API alone")
	}
	log := slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := store.Open(ctx, cfg.DatabaseURL, log)
	if err != nil {
		return nil, nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return store.NewAPIKeys(db), db.Close, nil
}

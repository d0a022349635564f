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
	"strings"
	"text/tabwriter"
	"time"

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
	Created  time.Time  `json:"created_at"`
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
			all = append(all, listed{row.ID, row.Name, row.Owner.Issuer, row.Owner.Subject, row.Scopes, row.CreatedAt, row.ExpiresAt, row.LastUsedAt, row.RevokedAt})
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

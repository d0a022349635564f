package keys

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
)

// Commands are the commands for API keys, and how the command explain explains a key.
type Commands struct {
	Keys Command `cmd:"" help:"Make, list and revoke API keys of machines, in the database."`
}

// ExplainKey explains an API key, with the database of the API, for the command explain. It returns nil for a text that is
// no key.
func (Commands) ExplainKey(ctx context.Context, cfg *config.Config, tokens *auth.Verifier, text auth.AccessToken) (*auth.Explanation, error) {
	log := slog.New(slog.DiscardHandler)
	if !apikey.NewFormat(config.Name).Begins(string(text)) {
		return nil, nil
	}
	if cfg.DatabaseURL == "memory:" {
		return nil, errors.New("an API key is explained with the database of the API, and that is in memory")
	}
	db, err := store.Open(ctx, cfg.DatabaseURL, log)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	defer db.Close()
	return handlers.ExplainKey(ctx, cfg, store.NewAPIKeys(db), tokens, string(text)), nil
}

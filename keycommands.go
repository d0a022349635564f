package main

import (
	"context"
	"errors"
	"log/slog"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli/keys"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
)

// KeyCommands has the commands for API keys.
type KeyCommands struct {
	Keys keys.Command `cmd:"" help:"Make, list and revoke API keys of machines, in the database."`
}

// ExplainKey explains an API key, with the database of the API, for the command explain. It returns nil for a text that is
// no key.
func (KeyCommands) ExplainKey(ctx context.Context, cfg *config.Config, text auth.AccessToken) (*auth.Explanation, error) {
	log := slog.New(slog.DiscardHandler)
	if !handlers.NewKeyVerifier(cfg, nil, log).Format().Begins(string(text)) {
		return nil, nil
	}
	if cfg.DatabaseURL == "memory:" {
		return nil, errors.New("an API key is explained with the database of the API, and that is in memory")
	}
	db, err := store.Open(ctx, cfg.DatabaseURL, log)
	if err != nil {
		return nil, databaseError(err, cfg)
	}
	defer db.Close()
	return handlers.ExplainKey(ctx, cfg, store.NewAPIKeys(db), string(text)), nil
}

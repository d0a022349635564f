package cli

import (
	"context"
	"fmt"

	"example.com/gatehouse/store"
)

// Migrate is the command that brings the schema of the database up to date and ends, for an API whose user
// may not create tables.
type Migrate struct{}

// Run needs no provider. It fails at once if the database does not respond.
func (Migrate) Run(ctx context.Context, c *Console) error {
	cfg, err := c.readWithoutProvider()
	if err != nil {
		return err
	}
	log := cfg.Logger(c.Out)
	if err := store.Migrate(ctx, cfg.DatabaseURL, log); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	log.Info("the schema is up to date")
	return nil
}

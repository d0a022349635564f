package apikey

import (
	"context"
	"log/slog"
	"time"
)

const (
	useInterval = time.Minute // between two times that are stored of a key
	maxWrites   = 4           // at once; a use that finds more is dropped, and the next one is written
)

// used stores when a key was used, beside the request: a database that does not accept writes fails and delays none.
func (v *Verifier) used(ctx context.Context, r *Record, now time.Time) {
	if now.Sub(r.LastUsedAt) < useInterval {
		return
	}
	select {
	case v.writes <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-v.writes }()
		if err := v.config.Store.Touch(context.WithoutCancel(ctx), r.ID, now); err != nil {
			v.config.Log.Warn("the last use of an API key was not stored", slog.String("key", r.ID), slog.Any("err", err))
		}
	}()
}

package apikey

import (
	"context"
	"log/slog"
	"time"
)

const (
	useInterval = time.Minute // between two times that are stored of a key
	maxUses     = 256         // that wait to be written; more of them are dropped, and written at a later use
)

// A use is a key and when it was used.
type use struct {
	id string
	at time.Time
}

// used writes when a key was used, in the background: a database that does not accept writes fails no request.
func (v *Verifier) used(r *Record, now time.Time) {
	if now.Sub(r.LastUsedAt) < useInterval {
		return
	}
	select {
	case v.uses <- use{r.ID, now}:
	default:
	}
}

// run writes uses, and drops what is outdated of the cache, until ctx is done.
func (v *Verifier) run(ctx context.Context) {
	sweep := time.NewTicker(useInterval)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			now := v.config.Now()
			v.cache.Sweep(func(a *accepted) bool { return !now.Before(a.until) })
		case u := <-v.uses:
			if err := v.config.Store.Touch(ctx, u.id, u.at); err != nil && ctx.Err() == nil {
				v.config.Log.Warn("the last use of an API key was not stored", slog.String("key", u.id), slog.Any("err", err))
			}
		}
	}
}

package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

const (
	maxReasons = 32 // that are stored, and logged one by one
	fewReasons = 3  // that stand for all others if there are more
)

// unusableKeys are the keys of a set that cannot be used: a provider may publish any number of them.
type unusableKeys struct {
	count   int
	reasons []reason // of the first ones
}

// A reason says why a key cannot be used. A key that is not for signatures is worth no warning: Keycloak has one in every
// realm.
type reason struct {
	text  string
	level slog.Level
}

func (u *unusableKeys) add(key string, err error) {
	u.count++
	if u.count > maxReasons {
		return
	}
	level := slog.LevelWarn
	if errors.Is(err, ErrOtherUse) {
		level = slog.LevelInfo
	}
	u.reasons = append(u.reasons, reason{fmt.Sprintf("%s: %v", key, err), level})
}

// String returns how many there are, and the first reasons.
func (u unusableKeys) String() string {
	if u.count == 0 {
		return "none"
	}
	few := make([]string, min(len(u.reasons), fewReasons))
	for i := range few {
		few[i] = u.reasons[i].text
	}
	return Brief(fmt.Sprintf("%d: %s", u.count, strings.Join(few, "; ")))
}

// log logs each reason, or all in one entry if there are too many.
func (u unusableKeys) log(log *slog.Logger, issuer string) {
	if u.count > len(u.reasons) {
		log.Warn("keys not usable", "issuer", issuer, "count", u.count, "err", u.String())
		return
	}
	for _, r := range u.reasons {
		log.Log(context.Background(), r.level, "key not usable", "issuer", issuer, "err", r.text)
	}
}

package auth

import (
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
	reasons []string // of the first ones
}

func (u *unusableKeys) add(reason string) {
	u.count++
	if u.count <= maxReasons {
		u.reasons = append(u.reasons, reason)
	}
}

// String returns how many there are, and the first reasons.
func (u unusableKeys) String() string {
	if u.count == 0 {
		return "none"
	}
	few := u.reasons[:min(len(u.reasons), fewReasons)]
	return Brief(fmt.Sprintf("%d: %s", u.count, strings.Join(few, "; ")))
}

// log logs each reason, or all in one entry if there are too many.
func (u unusableKeys) log(log *slog.Logger, issuer string) {
	if u.count > len(u.reasons) {
		log.Warn("keys not usable", "issuer", issuer, "count", u.count, "err", u.String())
		return
	}
	for _, reason := range u.reasons {
		log.Warn("key not usable", "issuer", issuer, "err", reason)
	}
}

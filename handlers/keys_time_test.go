package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/store/storetest"
	"github.com/google/uuid"
)

// TestUnknownKeysTakeTheTimeOfWrongSecrets compares the medians of requests that alternate. What differs in the least
// of a few rounds is not noise.
func TestUnknownKeysTakeTheTimeOfWrongSecrets(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DATABASE_URL="+storetest.Address(t), "FAILURE_LIMIT=0", "LOG_LEVEL=error"))
	known, format := makeKey(t, api, "alice", "items:read").ID, apikey.NewFormat("Gatehouse")
	took := func(id string) time.Duration {
		r := httptest.NewRequest("GET", "/items", nil)
		r.Header.Set("Authorization", "Bearer "+format.Write(id, apikey.NewSecret()))
		w := httptest.NewRecorder()
		start := time.Now()
		api.ServeHTTP(w, r)
		d := time.Since(start)
		if w.Code != http.StatusUnauthorized {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		return d
	}
	var rounds []string
	for range 5 {
		var unknown, wrong []time.Duration
		for range 400 {
			unknown, wrong = append(unknown, took(uuid.NewString())), append(wrong, took(known))
		}
		slices.Sort(unknown)
		slices.Sort(wrong)
		u, w := unknown[len(unknown)/2], wrong[len(wrong)/2]
		rounds = append(rounds, fmt.Sprintf("%s and %s", u, w))
		if difference := float64(max(u, w)-min(u, w)) / float64(max(u, w)); difference < 0.1 {
			return
		}
	}
	t.Errorf("an unknown id and a wrong secret take %q", rounds)
}

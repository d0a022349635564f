package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// walked returns a visit with laps of that CPU time, each request of which takes three times as long.
func walked(name string, base *visit, cpu ...time.Duration) *visit {
	v := &visit{name: name, base: base}
	for _, d := range cpu {
		v.laps = append(v.laps, lap{cpu: d, rate: 1 / d.Seconds(), p50: 3 * d, p99: 4 * d})
	}
	return v
}

func TestAVisitIsComparedRoundByRound(t *testing.T) {
	const µs = time.Microsecond
	base := walked("base", nil, 10*µs, 20*µs, 40*µs) // the machine gets slower
	v := walked("visit", base, 20*µs, 60*µs, 80*µs)
	want := []string{"60 µs", "16,667", "180 µs", "240 µs", "2.00", "0.50", "2.00", "2.00"}
	if got := v.row(); !slices.Equal(got, want) {
		t.Errorf("the row is %q, want %q", got, want)
	}
	if got := base.row()[4:]; !slices.Equal(got, []string{"1.00", "1.00", "1.00", "1.00"}) {
		t.Errorf("a visit without a base is compared with %q", got)
	}
}

func TestWhatIsCreatedIsReadReplacedAndRemovedByWhoCreatedIt(t *testing.T) {
	l := listen(t, func(w http.ResponseWriter, r *http.Request) {
		caller := r.Header.Get("Authorization")
		if r.Method == http.MethodPost {
			w.Header().Set("Location", "/items/of-"+strings.TrimPrefix(caller, "Bearer "))
			w.WriteHeader(http.StatusCreated)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/items/") && "Bearer "+strings.TrimPrefix(r.URL.Path, "/items/of-") != caller {
			w.WriteHeader(http.StatusNotFound)
		}
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
		}
	})
	life := newLife(l, &bench{}, "caller", []string{"a", "b", "c"})
	if err := measure(t.Context(), 2, life.groups()); err != nil {
		t.Fatal(err)
	}
	for _, v := range life.visits() {
		if len(v.laps) != 2 {
			t.Errorf("%s has %d laps, want those of two rounds", v.name, len(v.laps))
		}
	}
}

func TestThePageOfTheStores(t *testing.T) {
	const µs = time.Microsecond
	few := life{public: walked("GET /healthz, public", nil, 10*µs)}
	few.list, few.create = walked("GET /items", few.public, 20*µs), walked("POST /items", few.public, 30*µs)
	many := life{public: walked("GET /healthz, public", nil, 20*µs)}
	many.list, many.create = walked("GET /items", many.public, 42*µs), walked("POST /items", many.public, 120*µs)
	many.read, many.replace, many.remove = many.list, many.create, many.create
	p := &page{}
	reportSites(&bench{rounds: 8}, p, []*site{{name: "SQLite", few: few, many: many, peaks: []int64{20e6, 30e6, 50e6}}})
	for _, want := range []string{
		"among 5,200 of other callers",
		"| SQLite, alone: GET /items | 20 µs | 50,000 | 60 µs | 80 µs | 2.00 | 0.50 | 2.00 | 2.00 |",
		"| SQLite: POST /items | 120 µs | 8,333 | 360 µs | 480 µs | 6.00 | 0.17 | 6.00 | 6.00 |",
		"| SQLite | 20.0 MB | 30.0 MB | 50.0 MB | 1.50 | 2.50 |",
		"| CPU among many items, against few: SQLite, list | 1.05 | at most 1.50 | ✓ |",
		"| CPU among many items, against few: SQLite, create | 2.00 | at most 1.50 | ✗ |",
	} {
		if !strings.Contains(p.String(), want) {
			t.Errorf("the page lacks %s\n%s", want, p)
		}
	}
}

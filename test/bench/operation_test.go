package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// measured returns an operation with samples of this CPU time. A request takes three times as long.
func measured(name string, base *operation, cpu ...time.Duration) *operation {
	o := &operation{name: name, base: base}
	for _, d := range cpu {
		o.samples = append(o.samples, sample{cpu: []time.Duration{d}, rate: 1 / d.Seconds(), p50: 3 * d, p99: 4 * d})
	}
	return o
}

func TestOperationsAreComparedRoundByRound(t *testing.T) {
	const µs = time.Microsecond
	base := measured("base", nil, 10*µs, 20*µs, 40*µs) // the machine gets slower
	o := measured("operation", base, 20*µs, 60*µs, 80*µs)
	want := []string{"60 µs", "16,667", "180 µs", "240 µs", "2.00", "0.50", "2.00", "2.00"}
	if got := o.row(); !slices.Equal(got, want) {
		t.Errorf("the row is %q, want %q", got, want)
	}
	if got := base.row()[4:]; !slices.Equal(got, []string{"1.00", "1.00", "1.00", "1.00"}) {
		t.Errorf("the ratios without a base are %q", got)
	}
}

func TestItemsAreUsedByTheirCreator(t *testing.T) {
	l := connect(t, func(w http.ResponseWriter, r *http.Request) {
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
	w := newWorkload(l, &bench{}, "caller", []string{"a", "b", "c"})
	if err := measure(t.Context(), 2, w.groups()); err != nil {
		t.Fatal(err)
	}
	for _, o := range w.operations() {
		if len(o.samples) != 2 {
			t.Errorf("%s has %d samples, want 2", o.name, len(o.samples))
		}
	}
}

func TestTheReportOfTheStores(t *testing.T) {
	const µs = time.Microsecond
	few := workload{public: measured("GET /healthz, public", nil, 10*µs)}
	few.list, few.create = measured("GET /items", few.public, 20*µs), measured("POST /items", few.public, 30*µs)
	many := workload{public: measured("GET /healthz, public", nil, 20*µs)}
	many.list, many.create = measured("GET /items", many.public, 42*µs), measured("POST /items", many.public, 120*µs)
	many.read, many.replace, many.remove = many.list, many.create, many.create
	r := &report{}
	reportStores(&bench{rounds: 8}, r, []*deployment{{name: "SQLite", few: few, many: many, peaks: []int64{20e6, 30e6, 50e6}}})
	for _, want := range []string{
		"among 5,200 of other callers",
		"| SQLite, alone: GET /items | 20 µs | 50,000 | 60 µs | 80 µs | 2.00 | 0.50 | 2.00 | 2.00 |",
		"| SQLite: POST /items | 120 µs | 8,333 | 360 µs | 480 µs | 6.00 | 0.17 | 6.00 | 6.00 |",
		"| SQLite | 20.0 MB | 30.0 MB | 50.0 MB | 1.50 | 2.50 |",
		"| CPU among many items, against few: SQLite, list | 1.05 | at most 1.50 | ✓ |",
		"| CPU among many items, against few: SQLite, create | 2.00 | at most 1.50 | ✗ |",
	} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the report lacks %s\n%s", want, r)
		}
	}
}

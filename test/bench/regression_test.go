package main

import (
	"strings"
	"testing"
)

func TestRegressionsAreNamed(t *testing.T) {
	all := map[string]stored{"cost": {1.5, 2}, "rate": {2, 2}, "gone": {1, 1}}
	for _, test := range []struct {
		cost, rate string
		want       string
	}{
		{"3.00", "1.00", "gone: not measured"},
		{"0.50", "9.00", "gone: not measured"},
		{"3.01", "1.00", "cost: measured 3.01, stored 1.50, limit 3.00; gone: not measured"},
		{"3.00", "0.99", "gone: not measured; rate: measured 0.99, stored 2.00, limit 1.00"},
	} {
		err := regressions(all, []target{{"cost", test.cost, "at most 1", false}, {"rate", test.rate, "at least 3", false}, {"other", "7", "at most 1", false}})
		if got := strings.ReplaceAll(err.Error(), "\n", "; "); got != test.want {
			t.Errorf("with a cost of %s and a rate of %s, got %q, want %q", test.cost, test.rate, got, test.want)
		}
	}
	if err := regressions(map[string]stored{"cost": {1, 1}}, []target{{"cost", "1.00", "at most 1", true}}); err != nil {
		t.Error(err)
	}
}

func TestStoredRatiosHaveATolerance(t *testing.T) {
	all, err := readRatios(storedRatios)
	if err != nil || len(all) == 0 {
		t.Fatalf("there are %d, and the error is %v", len(all), err)
	}
	for name, s := range all {
		if s.Ratio <= 0 || s.Tolerance <= 1 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

package store_test

import (
	"testing"

	"example.com/gatehouse/store"
)

func TestDecimalsHaveTheirDigits(t *testing.T) {
	for _, test := range []struct {
		text, rule string
		fits       bool
	}{
		{"0", "12 2", true}, {"12.50", "12 2", true}, {"-0.01", "12 2", true}, {"9999999999.99", "12 2", true},
		{"10000000000", "12 2", false}, {"0.001", "12 2", false}, {"1.", "12 2", false}, {".5", "12 2", false}, {"01", "12 2", false},
		{"+1", "12 2", false}, {"1e3", "12 2", false}, {"", "12 2", false}, {"1,5", "12 2", false}, {"١", "12 2", false},
		{"0.99", "2 2", true}, {"1", "2 2", false}, {"7", "1 0", true}, {"7.0", "1 0", false},
		{"1", "", false}, {"1", "2 3", false}, {"1", "19 2", false},
	} {
		if got := store.Decimal(test.text).Fits(test.rule); got != test.fits {
			t.Errorf("%q fits %q: %v", test.text, test.rule, got)
		}
	}
}

func TestDatesAreDays(t *testing.T) {
	for text, valid := range map[string]bool{
		"2026-11-23": true, "2024-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"": false, "2026-02-29": false, "0000-01-01": false, "2026-1-1": false, "2026-11-23T00:00:00Z": false, "20261123": false,
	} {
		if _, err := store.ParseDate(text); (err == nil) != valid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

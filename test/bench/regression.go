package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// storedRatios is the file of the ratios that -check compares with. Change it with what changes them.
const storedRatios = "ratios.json"

// checkedParts are the parts that -check measures: those that are quick.
var checkedParts = [...]string{"peers", "lists", "writes"}

// A stored ratio is what was measured when it was stored, and the factor by which another machine may be worse. A
// ratio that depends on a disk has a greater one.
type stored struct{ Ratio, Tolerance float64 }

// compareWithStored returns an error that names what is much worse than the stored ratios.
func compareWithStored(measured *report) error {
	stored, err := readRatios(storedRatios)
	if err != nil {
		return err
	}
	return regressions(stored, measured.measured)
}

func readRatios(name string) (all map[string]stored, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}

// regressions returns an error that names every target whose ratio is much worse than the stored one, and every stored
// one that was not measured.
func regressions(stored map[string]stored, measured []target) (err error) {
	found := map[string]target{}
	for _, t := range measured {
		found[t.what] = t
	}
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		t, ok := found[name]
		if !ok {
			err = errors.Join(err, fmt.Errorf("%s: not measured", name))
			continue
		}
		err = errors.Join(err, stored[name].compare(t))
	}
	return err
}

func (s stored) compare(t target) error {
	value, err := strconv.ParseFloat(t.measured, 64)
	if err != nil {
		return fmt.Errorf("%s: %w", t.what, err)
	}
	limit, worse := s.Ratio*s.Tolerance, value > s.Ratio*s.Tolerance
	if strings.HasPrefix(t.limit, "at least") {
		limit, worse = s.Ratio/s.Tolerance, value < s.Ratio/s.Tolerance
	}
	if worse {
		return fmt.Errorf("%s: measured %s, stored %s, limit %s", t.what, ratio(value), ratio(s.Ratio), ratio(limit))
	}
	return nil
}

package config

import (
	"iter"
	"reflect"

	"example.com/gatehouse/auth"
)

// A group is variables of [Config] that belong together, in a struct that is embedded there.
type group interface {
	// check returns what is wrong with them together. Those that are wrong themselves are named.
	check(c *Config, wrong map[string]bool) []error
	// verify says which tokens are accepted because of them.
	verify(*auth.Config)
	// development returns what make run sets them to.
	development() map[string]string
}

// groups returns the groups of variables.
func (c *Config) groups() (all []group) {
	for field, value := range reflect.ValueOf(c).Elem().Fields() {
		if field.Anonymous {
			if g, ok := value.Addr().Interface().(group); ok {
				all = append(all, g)
			}
		}
	}
	return all
}

// Development returns what make run sets variables to, whose values in .env are for another provider.
func Development() map[string]string {
	all := map[string]string{}
	for _, g := range (&Config{}).groups() {
		for name, value := range g.development() {
			all[name] = value
		}
	}
	return all
}

// fields returns the fields of a struct and of those that are embedded in it.
func fields(of reflect.Value) iter.Seq2[reflect.StructField, reflect.Value] {
	return func(yield func(reflect.StructField, reflect.Value) bool) {
		for field, value := range of.Fields() {
			if !field.Anonymous {
				if !yield(field, value) {
					return
				}
				continue
			}
			for field, value := range fields(value) {
				if !yield(field, value) {
					return
				}
			}
		}
	}
}

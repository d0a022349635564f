package config

import (
	"maps"
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
			all = append(all, value.Addr().Interface().(group))
		}
	}
	return all
}

// Development returns what make run sets variables to, whose values in .env are for another provider.
func Development() map[string]string {
	all := map[string]string{}
	for _, g := range (&Config{}).groups() {
		maps.Copy(all, g.development())
	}
	return all
}

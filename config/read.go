package config

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
)

// A Variable is one of the environment that a [Config] holds.
type Variable struct {
	Name, Meaning, Default string
	Secret                 bool // it can come from a file
	forEachIssuer          bool // there is one for each issuer
	field                  reflect.StructField
}

// Variables returns every variable, in the order of Config.
func Variables() (all []Variable) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		if tag := field.Tag; tag.Get("env") != "" {
			first, _, _ := strings.Cut(tag.Get("one"), ",")
			all = append(all, Variable{
				tag.Get("env"), tag.Get("meaning"), cmp.Or(tag.Get("default"), first), tag.Get("secret") != "", tag.Get("for") == "issuer", field,
			})
		}
	}
	return all
}

// Read reads the configuration. The error names every variable that is wrong.
func Read(getenv func(string) string) (*Config, error) {
	c := &Config{}
	wrong := c.read(getenv)
	_, port, _ := net.SplitHostPort(c.Addr) // an error is in wrong
	c.PublicURL = cmp.Or(c.PublicURL, strings.TrimSuffix("http://localhost:"+port, ":80"))
	wrong = append(wrong, c.readOthers(getenv)...)
	return c, errors.Join(wrong...)
}

// read reads all variables, or for an issuer after the first those that it has of its own.
func (c *Config) read(getenv func(string) string) (wrong []error) {
	named := map[string]bool{}
	for _, v := range Variables() {
		if c.suffix != "" && !v.forEachIssuer {
			continue
		}
		value := reflect.ValueOf(c).Elem().FieldByIndex(v.field.Index)
		value.SetZero()
		text, err := c.text(getenv, v)
		if err == nil {
			err = set(value, cmp.Or(text, v.Default), v.field.Tag)
		}
		if err == nil && v.field.Tag.Get("required") != "" && value.IsZero() {
			err = fmt.Errorf("not set: %s", v.Meaning)
		}
		if err != nil {
			wrong = append(wrong, variableError{v.Name, err})
			named[v.Name] = true
		}
	}
	wrong = append(wrong, c.checkProvider(named)...)
	for _, g := range c.groups() {
		wrong = append(wrong, g.check(c, named)...)
	}
	return wrong
}

// checkQuotes rejects a value that is in quotes: no value begins and ends with them.
func checkQuotes(text string) error {
	if len(text) > 1 && strings.ContainsAny(text[:1], `'"`) && text[0] == text[len(text)-1] {
		return errors.New("it is in quotes, which are a part of the value: remove them (docker --env-file, lists in YAML and set of Windows keep quotes)")
	}
	return nil
}

// set parses the text of a variable into its field, as the tag says. An empty text changes nothing.
func set(field reflect.Value, text string, tag reflect.StructTag) (err error) {
	if text == "" {
		return nil
	}
	values, kind := strings.Split(tag.Get("one"), ","), tag.Get("check")
	if len(values) > 1 && !slices.Contains(values, text) {
		return fmt.Errorf("%q is none of %s", text, strings.TrimPrefix(strings.Join(values, ", "), ", "))
	}
	switch to := field.Addr().Interface().(type) {
	case *bool:
		*to = text == values[1]
	case *int:
		least, _ := strconv.Atoi(tag.Get("min"))
		if *to, err = strconv.Atoi(text); err != nil || *to < least {
			return fmt.Errorf("%q is not a whole number of at least %d", text, least)
		}
	case *time.Duration:
		most, _ := time.ParseDuration(tag.Get("max"))
		if *to, err = time.ParseDuration(text); err != nil || *to < 0 || *to > most {
			return fmt.Errorf("%q is not a duration from 0s to %s", text, most)
		}
	case *[]string:
		*to, err = parseList(text, func(member string) (string, error) { return member, check(member, kind) })
	case *Networks:
		*to, err = parseList(text, parseNetwork)
	case *Size:
		if err = to.UnmarshalText([]byte(text)); err == nil && kind == "tokensize" && (*to > auth.MaxTokenSize || *to == 0) {
			err = fmt.Errorf("%q is not a size from 1 to 24KB", text)
		}
	case encoding.TextUnmarshaler:
		err = to.UnmarshalText([]byte(text))
	default:
		field.SetString(text)
		err = check(text, kind)
	}
	return err
}

func parseList[T any](text string, parse func(string) (T, error)) (list []T, _ error) {
	var wrong []string
	for member := range strings.SplitSeq(text, ",") {
		if member = strings.TrimSpace(member); member == "" {
			continue
		}
		parsed, err := parse(member)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		list = append(list, parsed)
	}
	if wrong != nil {
		return list, errors.New(strings.Join(wrong, "; "))
	}
	return list, nil
}

// check reports what is wrong with a value of the kind that a tag names.
func check(value, kind string) error {
	if form, ok := forms[kind]; ok && !form.pattern.MatchString(value) {
		return fmt.Errorf(form.otherwise, value)
	}
	switch kind {
	case "url":
		return auth.CheckEndpoint(value)
	case "profile":
		if value != autoProfile {
			_, err := auth.ProfileByName(value)
			return err
		}
	case "query":
		return checkQuery(value)
	case "publicurl":
		return CheckPublicURL(value)
	case "script":
		return checkScript(value)
	case "credentials":
		if !headerName.MatchString(value) || slices.Contains(taken, strings.ToLower(value)) {
			return fmt.Errorf("%q is not the name of a header of its own, such as X-API-Key", value)
		}
	case "listen":
		_, port, err := net.SplitHostPort(value)
		if err != nil {
			return err
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return fmt.Errorf("%q is not an address such as :8080 or 127.0.0.1:8080", value)
		}
	case "database":
		return store.CheckAddress(value)
	}
	return nil
}

// Networks are networks of addresses.
type Networks []netip.Prefix

// parseNetwork parses a network, or an address, which is one of its own.
func parseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return address.Unmap().Prefix(address.Unmap().BitLen())
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		err = fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", text)
	}
	return network, err
}

// CheckOrigin reports what is wrong with an origin: a scheme, a host and perhaps a port, as browsers
// write it (RFC 6454, section 6.2).
func CheckOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Contains(origin, "*") ||
		origin != strings.ToLower(u.Scheme+"://"+u.Host) || slices.Contains([]string{"http:80", "https:443"}, u.Scheme+":"+u.Port()) {
		return fmt.Errorf("%q is not an origin such as https://api.example.com", origin)
	}
	return nil
}

// checkScript reports what is wrong with an origin of scripts. Beside pages of the web these are apps, whose scheme
// is their own, and extensions of browsers: capacitor://localhost, moz-extension://ID.
func checkScript(origin string) error {
	u, err := url.Parse(origin)
	if err == nil && slices.Contains([]string{"http", "https"}, u.Scheme) {
		return CheckOrigin(origin)
	}
	if err != nil || !appOrigin.MatchString(origin) || slices.Contains([]string{"file", "ftp", "ws", "wss"}, u.Scheme) {
		return fmt.Errorf("%q is not an origin such as https://app.example.com or capacitor://localhost", origin)
	}
	return nil
}

// taken are headers that have a meaning already, in lower case.
var taken = []string{
	"authorization", "proxy-authorization", "cookie", "host", "content-type", "content-length", "connection", "origin",
	"transfer-encoding", "if-match", "if-none-match", "traceparent", "tracestate", "x-forwarded-for", "x-request-id",
}

// The origin of an app, and the name of a header other than *, which would allow any (RFC 9110, section 5.1).
var (
	appOrigin  = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[A-Za-z0-9._-]+(:[0-9]+)?$`)
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'+.^_`|~-]+$")
)

// forms are the values of a kind, and what is said of others. Challenges write the prefix of scopes in quotes (RFC 6749,
// section 3.3).
var forms = map[string]struct {
	pattern   *regexp.Regexp
	otherwise string
}{
	"header": {headerName, "%q is not the name of a header, such as Baggage"},
	"pair":   {regexp.MustCompile(`^[^=]+=.`), "%q is not NAME=VALUE, such as repository_owner=acme"},
	"prefix": {regexp.MustCompile(`^[!#-\[\]-~]+$`), "%q: a scope has only printable ASCII without spaces, quotes and backslashes"},
}

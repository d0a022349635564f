package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secrets are the variables that have one.
var secrets = map[string]struct {
	value string
	of    func(*Config) string
}{
	"DATABASE_URL": {"sqlite:pa$$word.db", func(c *Config) string { return c.DatabaseURL }}, // part:sqlite
	// without:sqlite "DATABASE_URL": {"postgres://me:pa$$word@db/items", func(c *Config) string { return c.DatabaseURL }},
	"TOKEN_CLIENT_SECRET":         {`"quoted"`, func(c *Config) string { return c.TokenClientSecret }},
	"INTROSPECTION_CLIENT_SECRET": {"s3cr:t/+ &%", func(c *Config) string { return string(c.IntrospectionClientSecret) }}, // part:introspection
}

func TestSecretsCanComeFromAFile(t *testing.T) {
	for _, v := range Variables() {
		test, secret := secrets[v.Name]
		if v.Secret != secret {
			t.Errorf("%s is a secret: %t", v.Name, v.Secret)
		}
		if !secret {
			continue
		}
		for _, end := range []string{"", "\n", "\r\n"} {
			c, err := Read(env(v.Name+"_FILE", writeSecret(t, test.value+end)))
			if err != nil || test.of(c) != test.value {
				t.Errorf("%s: got %v", v.Name, err)
			}
		}
		if meant := meantBy(v.Name + "_FILE"); meant != "" {
			t.Errorf("%s_FILE is taken for a typo of %s", v.Name, meant)
		}
	}
}

func TestFilesOfSecretsAreChecked(t *testing.T) {
	const name = "TOKEN_CLIENT_SECRET"
	for says, pairs := range map[string][]string{
		"it is set, and so is TOKEN_CLIENT_SECRET_FILE": {name, "hunter2", name + "_FILE", writeSecret(t, "hunter2")},
		"no such file or directory":                     {name + "_FILE", "/hunter2"},
		"cannot be read":                                {name + "_FILE", t.TempDir()},
		"is empty":                                      {name + "_FILE", writeSecret(t, " \n")},
		"several lines":                                 {name + "_FILE", writeSecret(t, "hunter2\nhunter2")},
		"more than 65536 bytes":                         {name + "_FILE", writeSecret(t, strings.Repeat("hunter2", 10_000))},
	} {
		_, err := Read(env(pairs...))
		if err == nil || !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want %s", err, says)
		}
	}
	if _, err := Read(env("LOG_FORMAT_FILE", writeSecret(t, "text"))); err != nil {
		t.Errorf("a variable that is no secret was read from a file: %v", err)
	}
}

func writeSecret(t *testing.T, text string) string {
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

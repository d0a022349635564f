package main

import (
	"strings"
	"testing"
)

func TestManifestsHaveLocalPaths(t *testing.T) {
	const names = "module example.org/lantern\nname Lantern\n"
	for _, key := range []string{"drop", "keep", "nested"} {
		for _, path := range []string{"..", "../home", "race/../../home", "/", "/home", ".", "race/..", ""} {
			want := manifestFile + ": " + key + " " + path + ": this is no path below the root"
			if _, err := parseManifest(names + key + " " + path + "\n"); err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		if m, err := parseManifest(names + key + " docs/*.go\n" + key + " .ci/only\n"); err != nil || len(m.drop)+len(m.keep)+len(m.nested) != 2 {
			t.Errorf("%s: got %+v, %v", key, m, err)
		}
	}
}

func TestInvalidManifestsAreRejected(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "module or name is missing",
		"name Lantern\n":         "module or name is missing",
		"module lantern\n":       `module lantern: "lantern" does not begin with a host`,
		"name ../lantern\n":      `name ../lantern: "../lantern" is not 1 to 40 letters`,
		"item ../a b\n":          `item ../a b: "../a b" is no noun`,
		"from --upload-pack=x\n": "from --upload-pack=x: this is no commit",
	} {
		if _, err := parseManifest(text); err == nil || !strings.HasPrefix(err.Error(), manifestFile+": "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

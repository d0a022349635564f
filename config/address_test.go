package config

import (
	"bytes"
	"go/build"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestTheExampleHasEveryVariable(t *testing.T) {
	text, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	example := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^#?([A-Z0-9_]+)=(.*)$`).FindAllStringSubmatch(string(text), -1) {
		if !strings.HasPrefix(found[1], "OTEL_") { // OpenTelemetry's SDK reads these
			example[found[1]] = found[2]
		}
	}
	want := map[string]string{}
	for _, v := range Variables() {
		want[v.Name] = v.Default
		if v.Meaning == "" {
			t.Errorf("%s has no meaning", v.Name)
		}
	}
	if !reflect.DeepEqual(example, want) {
		t.Errorf(".env.example has the defaults\n%v, want\n%v", example, want)
	}
}

func TestLogsAreJSONOrText(t *testing.T) {
	for format, want := range map[string]string{"json": `"msg":"hello"`, "text": "msg=hello"} {
		var out bytes.Buffer
		log := (&Config{LogFormat: format, LogLevel: slog.LevelInfo}).Logger(&out)
		log.Debug("hidden")
		log.Info("hello")
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "hidden") {
			t.Errorf("as %s the log has %s", format, out.String())
		}
	}
}

func TestLocalAddrIsReachedFromThisMachine(t *testing.T) {
	for addr, want := range map[string]string{
		":8080": "localhost:8080", "0.0.0.0:80": "localhost:80", "[::]:8080": "localhost:8080",
		"10.0.0.5:8080": "10.0.0.5:8080", "api.internal:8080": "api.internal:8080", "[::1]:8080": "[::1]:8080",
	} {
		if got, err := LocalAddr(addr); got != want || err != nil {
			t.Errorf("%s is reached at %q and %v, want %q", addr, got, err, want)
		}
	}
	if got, err := LocalAddr("8080"); err == nil {
		t.Errorf("8080 is reached at %q", got)
	}
}

func TestPublicAddressesAreNotLoopback(t *testing.T) {
	for _, test := range []struct {
		addr, url string
		public    bool
	}{
		{"localhost:8080", "http://localhost:8080", false},
		{"127.0.0.1:8080", "http://127.0.0.1:8080", false},
		{"[::1]:8080", "http://[::1]:8080", false},
		{":8080", "http://localhost:8080", true},
		{"0.0.0.0:8080", "http://localhost:8080", true},
		{"10.0.0.5:8080", "http://localhost:8080", true},
		{"api:8080", "http://localhost:8080", true},
		{"localhost:8080", "https://api.example.com", true},
	} {
		if got := (&Config{Addr: test.addr, PublicURL: test.url}).Public(); got != test.public {
			t.Errorf("%s at %s is public: %t", test.url, test.addr, got)
		}
	}
}

func TestConfigImportsOnlyWhatItParsesInto(t *testing.T) {
	folder, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	const module = "example.com/gatehouse/"
	for _, path := range folder.Imports {
		if name, ours := strings.CutPrefix(path, module); ours && name != "auth" && name != "store" {
			t.Errorf("config imports %s", path)
		}
	}
}

package cli_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/test/clitest"
)

// buildProgram returns the path of the program, which is built for this test.
func buildProgram(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "gatehouse.exe") // the ending is for Windows
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "nomsgpack", "-o", binary, "example.com/gatehouse").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v: %s", err, out)
	}
	return binary
}

// startAndStop runs the program in a folder with a .env, ends its standard input once it listens, and returns
// its exit status and its output.
func startAndStop(t *testing.T, binary, dir, file string) (status int, output string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary)
	command.Dir = dir
	command.Env = append(os.Environ(), "STOP_AT_EOF=true")
	clitest.Write(t, filepath.Join(dir, ".env"), file)
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		output += lines.Text() + "\n"
		if strings.Contains(lines.Text(), `"msg":"listening"`) {
			stdin.Close()
		}
	}
	command.Wait() // the status has its error
	return command.ProcessState.ExitCode(), output
}

func TestTheProgramStartsOrSaysWhyNot(t *testing.T) {
	binary, issuer := buildProgram(t), authtest.Start(t, "api")
	good := "OIDC_AUDIENCE=api,http://localhost:0\nOIDC_ISSUER=" + issuer.URL + "\nADDR=127.0.0.1:0\nDATABASE_URL=" + storetest.Quick(t) + "\nSTOP_DELAY=0s\n"
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".dev"), 0o700); err != nil {
		t.Fatal(err)
	}
	clitest.Write(t, filepath.Join(dir, ".dev", "items.db"), strings.Repeat("no database ", 1000))
	const resets = ": make reset deletes this development database"
	// part:tracing:begin
	traced := good + "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1\nOTEL_RESOURCE_ATTRIBUTES="
	const leftOut = `"level":"WARN","msg":"OTEL_RESOURCE_ATTRIBUTES: what is not NAME=value is left out"`
	// part:tracing:end
	for _, test := range []struct {
		name, file string
		status     int
		says       string // empty: no warning
	}{
		{"a good file", good, 0, ""},
		{"a file of Windows", "\ufeff" + strings.ReplaceAll(good, "\n", "\r\n"), 0, ""},
		{"UTF-16", "\xff\xfeO\x00I\x00D\x00C\x00", 1, ".env: it is UTF-16"},
		{"a broken line", good + "# a comment\nREQUIRE_IF_MATCH\n", 1, ".env: line 7 is not NAME=value"},
		{"a typo", good + "REQUIRE_IFMATCH=true\n", 0, `"level":"WARN","msg":"unknown variable","name":"REQUIRE_IFMATCH","where":".env, line 6","similar":"REQUIRE_IF_MATCH"`},
		{"a typo of a variable that is required", strings.Replace(good, "AUDIENCE", "AUDIENCES", 1), 1, "OIDC_AUDIENCES: there is no such variable (.env, line 1): did you mean OIDC_AUDIENCE?"},
		{"development on loopback", good + "DEVELOPMENT=true\n", 0, ""},
		{"development for other machines", good + "ADDR=:0\nDEVELOPMENT=true\n", 0, `"level":"WARN","msg":"DEVELOPMENT=true, and other machines reach the API`},
		{"development behind a proxy", good + "PUBLIC_URL=https://api.example.com\nDEVELOPMENT=true\n", 0, `"level":"WARN","msg":"DEVELOPMENT=true, and other machines reach the API`},
		// part:tracing:begin
		{"attributes of traces", traced + "deployment.environment=prod", 0, ""},
		{"attributes that end with a comma", traced + "deployment.environment=prod,", 0, leftOut},
		{"an attribute without a value", traced + "deployment.environment=", 0, ""},
		{"an attribute without an equals sign", traced + "prod", 0, leftOut},
		{"an empty attribute", traced + "a=b,,c=d", 0, leftOut},
		{"an attribute with a wrong escape", traced + "a=%zz", 0, ""},
		// part:tracing:end
		{"a database of make run that does not fit", good + "DATABASE_URL=sqlite:.dev/items.db\nADDR=localhost:0\nDEVELOPMENT=true\n", 1, resets}, // part:sqlite
		{"the same without make run", good + "DATABASE_URL=sqlite:.dev/items.db\n", 1, "file is not a database"},                                  // part:sqlite
	} {
		t.Run(test.name, func(t *testing.T) {
			status, output := startAndStop(t, binary, dir, test.file)
			if status != test.status || !strings.Contains(output, test.says) {
				t.Errorf("the status is %d, want %d, with\n%s\nwant %s", status, test.status, output, test.says)
			}
			if strings.Contains(output, resets) != (test.says == resets) {
				t.Errorf("make reset is advised, or not:\n%s", output)
			}
			if test.says == "" && strings.Contains(output, "WARN") {
				t.Errorf("the log warns:\n%s", output)
			}
		})
	}
}

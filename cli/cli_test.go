package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/gatehouse/cli"
	"example.com/gatehouse/cli/doctor"
	"example.com/gatehouse/cli/token"
	"example.com/gatehouse/config"
	"example.com/gatehouse/test/clitest"
)

const apiURL = "http://localhost:8080"

// commands is a command line with every command; serve only reads the configuration.
type commands struct {
	Serve   fakeServe      `cmd:"" default:"1"`
	Explain cli.Explain    `cmd:""`
	Token   token.Command  `cmd:""`
	Doctor  doctor.Command `cmd:""`
	Routes  cli.Routes     `cmd:""`
	Revoke  cli.Revoke     `cmd:""` // part:revocation
	Health  cli.Health     `cmd:""`
	Migrate cli.Migrate    `cmd:""`
}

type fakeServe struct{}

func (fakeServe) Run(c *cli.Console) error {
	_, err := config.Read(c.Env.Get)
	return err
}

// newTerminal returns a terminal whose .env has pairs of names and values.
func newTerminal(t *testing.T, pairs ...string) *clitest.Terminal {
	t.Helper()
	return clitest.New(t, func() any { return &commands{} }, pairs...)
}

func TestTheExitStatusTellsSuccess(t *testing.T) {
	for _, test := range []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string
	}{
		{"the default command, without a configuration", nil, 1, "", "OIDC_ISSUER: not set"},
		{"the same command by name", []string{"serve"}, 1, "", "OIDC_ISSUER: not set"},
		{"a command that succeeds", []string{"routes"}, 0, "/items/{id}", ""},
		{"one dash", []string{"routes", "-json"}, 0, `"path": "/items/{id}"`, ""},
		{"two dashes", []string{"routes", "--json"}, 0, `"path": "/items/{id}"`, ""},
		{"a command that fails", []string{"doctor"}, 1, "failure", "checks failed"},
		{"help", []string{"-h"}, 0, "doctor", ""},
		{"help in full", []string{"--help"}, 0, "doctor", ""},
		{"help with one dash", []string{"-help"}, 0, "doctor", ""},
		{"help for a command", []string{"token", "-h"}, 0, "--client-credentials", ""},
		{"an unknown command", []string{"dance"}, 2, "", "unexpected argument dance\nRun gatehouse -h for help."},
		{"an unknown flag", []string{"-dance"}, 2, "", "unknown flag --dance\nRun gatehouse -h for help."},
		{"an unknown flag of a command", []string{"token", "-dance"}, 2, "", "unknown flag --dance\nRun gatehouse token -h for help."},
		{"an unknown flag of one letter", []string{"-d"}, 2, "", "unknown flag -d"},
		{"a flag of another command", []string{"serve", "-json"}, 2, "", "unknown flag --json"},
		{"two grants", []string{"token", "-device", "-client-credentials"}, 2, "", "can't be used together\nRun gatehouse token -h for help."},
		{"a port out of range", []string{"token", "-port", "65536"}, 2, "", "port"},
		{"an argument too many", []string{"routes", "--", "-json"}, 2, "", "unexpected argument -json\nRun gatehouse routes -h for help."},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newTerminal(t)
			status := f.Run(t, test.args...)
			if status != test.status || !strings.Contains(f.Stdout.String(), test.stdout) || !strings.Contains(f.Stderr.String(), test.stderr) {
				t.Errorf("the status is %d, want %d, with\n%s\nand %s", status, test.status, f.Stdout, f.Stderr)
			}
			if (f.Stderr.String() == "") != (status == 0) || status == 2 && f.Stdout.String() != "" {
				t.Errorf("status %d comes with\n%s\nand %s", status, f.Stdout, f.Stderr)
			}
		})
	}
}

func TestABrokenFileStopsCommandsButNotHelp(t *testing.T) {
	f := newTerminal(t)
	clitest.Write(t, f.File, "DOCS=off\nno value\n")
	if status := f.Run(t, "routes"); status != 1 || !strings.Contains(f.Stderr.String(), f.File+": line 2 is not NAME=value") {
		t.Errorf("the status is %d with %s", status, f.Stderr)
	}
	if status := f.Run(t, "routes", "-h"); status != 0 {
		t.Errorf("the status of help is %d with %s", status, f.Stderr)
	}
}

func TestFilesGetNoColours(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	defer func(stdout *os.File) { os.Stdout = stdout }(os.Stdout)
	os.Stdout = file
	if cli.NewConsole().Color {
		t.Error("a file is taken for a terminal")
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/alecthomas/kong"
)

// A console is what a command reads and writes, and what it needs of the machine that it runs on.
type console struct {
	in       io.Reader
	out, err io.Writer // err is for people
	color    bool      // whether out shows colours
	file     string    // stands behind the environment: see environment
	getenv   func(string) string

	transport http.RoundTripper  // reaches the provider
	browse    func(string) error // shows an address in a browser
	cache     string             // the folder where tokens are kept; empty for nowhere
	patience  time.Duration      // how long somebody may take to sign in
	now       func() time.Time
}

func newConsole() *console {
	c := &console{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, color: terminal(os.Stdout) && os.Getenv("NO_COLOR") == "", file: ".env",
		transport: http.DefaultTransport, browse: browse, patience: 5 * time.Minute, now: time.Now,
	}
	if dir, err := os.UserCacheDir(); err == nil {
		c.cache = filepath.Join(dir, "gatehouse")
	}
	return c
}

// execute does what the arguments ask for and returns the exit status: 0 when it went well, 1 when
// it did not, and 2 when the arguments ask for nothing that there is.
func execute(ctx context.Context, args []string, c *console) int {
	helped := false
	parser := kong.Must(&commandLine{},
		kong.Name("gatehouse"),
		kong.Description("A REST API whose callers come with access tokens of an OpenID provider. "+
			"Its configuration is described in .env.example. Flags may be written with one dash or two."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	parsed, err := parser.Parse(twoDashes(args))
	switch {
	case helped:
		return 0
	case err != nil:
		fmt.Fprintf(c.err, "%v\ngatehouse -h lists what there is\n", err)
		return 2
	}
	if c.getenv, err = environment(c.file); err == nil {
		err = parsed.Run(c)
	}
	if err != nil {
		fmt.Fprintln(c.err, err)
		return 1
	}
	return 0
}

// twoDashes returns the arguments with flags as kong reads them. One dash is enough, as it is for the
// go command; the only flag of one letter is -h.
func twoDashes(args []string) []string {
	var all []string
	for i, arg := range args {
		if arg == "--" {
			return append(all, args[i:]...)
		}
		if len(arg) > 2 && arg[0] == '-' && arg[1] != '-' {
			arg = "-" + arg
		}
		all = append(all, arg)
	}
	return all
}

// terminal reports whether a person reads what is written to f.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// browse shows an address in the browser of whoever sits at this machine.
func browse(address string) error {
	opener := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		opener = []string{"open"}
	case "windows":
		opener = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	return exec.Command(opener[0], append(opener[1:], address)...).Start()
}

// httpClient returns a client for talking to the provider. It follows no redirects: what it sends is
// meant for one address.
func (c *console) httpClient() *http.Client {
	return &http.Client{
		Timeout:       10 * time.Second,
		Transport:     bounded{c.transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded is a transport whose answers are cut off with an error at a size that no metadata, key set
// or token response needs.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(request)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, 512<<10)
	}
	return response, err
}

// private reports whether nobody but its owner may open a file. Windows keeps permissions elsewhere.
func private(info os.FileInfo) bool {
	return runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0
}

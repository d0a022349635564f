package token

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.com/gatehouse/cli"
	"golang.org/x/oauth2"
)

// A cache stores tokens in files of mode 0600. Its errors are warnings: there is always a new token.
type cache struct {
	dir  string // empty: nothing is stored
	warn io.Writer
}

// path returns the file for a request. Its name is a hash of all that decides, the secret included: a wrong
// secret finds no token.
func (c *cache) path(q *request) string {
	text, _ := json.Marshal(q) // strings and bools cannot fail
	sum := sha256.Sum256(text)
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16])+".json")
}

// read returns the cached token for a request, or nil.
func (c *cache) read(q *request) *oauth2.Token {
	if c.dir == "" {
		return nil
	}
	token := &oauth2.Token{}
	data, err := readPrivate(c.dir, c.path(q))
	if err == nil {
		err = json.Unmarshal(data, token)
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		fmt.Fprintln(c.warn, "The cached token is not used:", err)
		return nil
	}
	return token
}

// readPrivate reads a file, unless other users could have read, written or replaced it.
func readPrivate(dir, path string) ([]byte, error) {
	for _, name := range []string{dir, path} {
		info, err := os.Lstat(name)
		if err != nil {
			return nil, err
		}
		if !cli.Private(info) { // a symbolic link has mode 0777
			return nil, fmt.Errorf("%s is accessible to other users (%s): remove it", name, info.Mode())
		}
	}
	return os.ReadFile(path)
}

// write stores the token for a request. The file appears as a whole or not at all.
func (c *cache) write(q *request, token *oauth2.Token) {
	if c.dir == "" {
		return
	}
	if err := c.replace(c.path(q), token); err != nil {
		fmt.Fprintln(c.warn, "The token is not cached:", err)
	}
}

func (c *cache) replace(path string, token *oauth2.Token) error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(c.dir, "*.tmp") // 0600 from the start
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // unless it was renamed
	err = errors.Join(json.NewEncoder(file).Encode(token), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

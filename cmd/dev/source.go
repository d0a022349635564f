package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// A source is the tree of folders that the API is built from, watched.
type source struct {
	watcher  *fsnotify.Watcher
	root     string          // absolute
	embedded map[string]bool // folders with files that the API embeds
}

// watch begins to watch the tree under root.
func watch(root string) (*source, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	s := &source{watcher: watcher, root: root}
	if _, err := s.add(root); err != nil {
		watcher.Close()
		return nil, fmt.Errorf("watching the source: %w", err)
	}
	return s, nil
}

// add watches a folder and those in it, and returns the files there that the API is built from.
func (s *source) add(folder string) (files []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err): // was removed meanwhile
			return nil
		case err != nil:
			return err
		case entry.IsDir() && path != s.root && ignored(path):
			return fs.SkipDir
		case entry.IsDir():
			return s.watcher.Add(path)
		case s.matters(path):
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

// ignored reports whether the go command ignores the folder, or whether it is another module.
func ignored(folder string) bool {
	name := filepath.Base(folder)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

// matters reports whether the API may change when the file is saved. It looks only at the name: a build
// decides.
func (s *source) matters(file string) bool {
	name := filepath.Base(file)
	if strings.HasSuffix(name, ".go") {
		return !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, ".")
	}
	return file == filepath.Join(s.root, ".env") || name == "go.mod" || name == "go.sum" || s.embedded[filepath.Dir(file)]
}

// changed returns the files of the API that an event is about. A new folder is watched from now on, and
// its files are new as well.
func (s *source) changed(event fsnotify.Event) ([]string, error) {
	if event.Op == fsnotify.Chmod {
		return nil, nil
	}
	if info, err := os.Stat(event.Name); err == nil && info.IsDir() {
		if !event.Has(fsnotify.Create) || ignored(event.Name) {
			return nil, nil
		}
		return s.add(event.Name)
	}
	if s.matters(event.Name) {
		return []string{event.Name}, nil
	}
	return nil, nil
}

// findEmbedded asks the go command for the folders of the files that the API embeds.
func (s *source) findEmbedded(ctx context.Context) error {
	list := exec.CommandContext(ctx, "go", "list", "-e", "-deps", "-tags", tags, "-f",
		`{{if .Module}}{{if .Module.Main}}{{$dir := .Dir}}{{range .EmbedFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`, ".")
	list.Dir = s.root
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	s.embedded = map[string]bool{}
	for file := range strings.Lines(string(out)) {
		s.embedded[filepath.Dir(filepath.FromSlash(file))] = true
	}
	return nil
}

// names returns the names of files for people, each once.
func (s *source) names(files []string) string {
	var names []string
	for _, file := range files {
		if name, err := filepath.Rel(s.root, file); err == nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 3 {
		names = append(names[:2], fmt.Sprintf("%d more files", len(names)-2))
	}
	return strings.Join(names, ", ")
}

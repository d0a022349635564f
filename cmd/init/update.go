package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// remote is git's name for the repository of the starter.
const remote = "upstream"

// trailer begins the line with the starter's commit in the message of a converted commit.
const trailer = "Starter-Commit: "

// An updater merges a later version of the starter into a product.
type updater struct {
	*repository
	manifest *manifest
	out      io.Writer
}

// update merges a version of the starter into the product at root. If the manifest does not name the
// version that the product is made from, the options do.
//
// Git can only compare texts with the same names. So both versions are converted to the names of the
// product, each to a commit that has the earlier one as its parent, and the later one is merged.
func update(root string, o options, out io.Writer) error {
	if o.version == "" {
		return errors.New("VERSION is needed: make update VERSION=v1.2.0, or go run ./cmd/init -update v1.2.0")
	}
	r, err := open(root)
	if err != nil {
		return err
	}
	if !r.isGit {
		return errors.New("this is not a git repository")
	}
	if err := r.checkClean(); err != nil {
		return err
	}
	m, err := readManifest(root)
	if err != nil {
		return err
	}
	if m.from == "" {
		return errors.New("this is the starter itself: run make init first, or use git merge")
	}
	u := &updater{r, m, out}
	before, after, err := u.commits(o.version, cmp.Or(o.from, m.from))
	if err != nil {
		return err
	}
	if before == after {
		fmt.Fprintf(out, "This has %s already.\n", o.version)
		return nil
	}
	return u.merge(before, after, o)
}

// commits returns the starter's commits that the product has and is to have.
func (u *updater) commits(version, from string) (before, after string, err error) {
	if _, err := u.git("remote", "get-url", remote); err != nil {
		return "", "", fmt.Errorf("git has no remote for the starter: git remote add %s URL", remote)
	}
	if _, err := u.git("fetch", "--quiet", "--tags", remote); err != nil {
		return "", "", err
	}
	if after, err = u.commit(version); err != nil {
		return "", "", fmt.Errorf("VERSION: the starter has no %s", version)
	}
	if before, err = u.commit(from); err == nil {
		before, err = u.git("merge-base", before, after)
	}
	if err != nil {
		return "", "", fmt.Errorf("which version is this made from? make update VERSION=%s FROM=v1.0.0", version)
	}
	return before, after, nil
}

// commit returns the commit of a branch of the starter, a tag or a hash.
func (u *updater) commit(name string) (string, error) {
	if commit, err := u.git("rev-parse", "--verify", "--quiet", "refs/remotes/"+remote+"/"+name+"^{commit}"); err == nil {
		return commit, nil
	}
	return u.git("rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
}

// merge prints the difference between two commits of the starter, and merges it unless this is a dry run.
func (u *updater) merge(before, after string, o options) error {
	base, recorded, err := u.base(before)
	if err != nil {
		return err
	}
	theirs, err := u.convert(after, o.version, "-p", base)
	if err != nil {
		return err
	}
	plan, err := u.git("diff", "--find-renames", "--shortstat", "--summary", base, theirs)
	if err != nil {
		return err
	}
	fmt.Fprintf(u.out, "From %.12s to %s, under the names of %s:\n%s\n", before, o.version, u.manifest.name, plan)
	if o.dryRun {
		return nil
	}
	if !recorded {
		if err := u.record(base, before); err != nil {
			return err
		}
	}
	// no-renames, since a resource of the product that resembles a deleted one of the starter is another
	// one. The driver ours is for generated files, which .gitattributes names.
	_, err = u.git("-c", "merge.ours.driver=true", "merge", "--no-ff", "--strategy-option=no-renames",
		"-m", "Update to "+o.version+" of the starter", theirs)
	if err != nil {
		err = u.resolve(err)
	}
	if err == nil {
		fmt.Fprintf(u.out, "This has %s now. Run go mod tidy, make docs, make check and make test.\n", o.version)
	}
	return err
}

// base returns the converted commit that the product has, and whether its history has it.
func (u *updater) base(before string) (base string, recorded bool, err error) {
	base, err = u.git("log", "-1", "--format=%H", "--fixed-strings", "--grep="+trailer+before)
	if err != nil || base != "" {
		return base, true, err
	}
	base, err = u.convert(before, before)
	return base, false, err
}

// record records the converted commit as merged, which changes nothing but the manifest.
func (u *updater) record(base, before string) error {
	if _, err := u.git("merge", "--strategy=ours", "--allow-unrelated-histories", "--no-commit", base); err != nil {
		return err
	}
	u.manifest.from = before
	if err := os.WriteFile(filepath.Join(u.root, manifestFile), []byte(u.manifest.String()), 0o644); err != nil {
		return err
	}
	if _, err := u.git("add", manifestFile); err != nil {
		return err
	}
	_, err := u.git("commit", "--quiet", "-m", "Record the version of the starter that this is made from")
	return err
}

// convert creates a commit with the tree that a commit of the starter is under the product's names.
func (u *updater) convert(commit, version string, parents ...string) (string, error) {
	folder, err := os.MkdirTemp("", "starter")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	if _, err := u.git("worktree", "add", "--quiet", "--detach", folder, commit); err != nil {
		return "", err
	}
	defer func() { _, _ = u.git("worktree", "remove", "--force", folder) }()
	starter := &repository{folder, true}
	product := *u.manifest
	product.from = commit
	if err := starter.convert(&product); err != nil {
		return "", fmt.Errorf("%s: %w", version, err)
	}
	if _, err := starter.git("add", "--all", "--force"); err != nil {
		return "", err
	}
	tree, err := starter.git("write-tree")
	if err != nil {
		return "", err
	}
	message := "The starter at " + version + " under the names of " + u.manifest.name + "\n\n" + trailer + commit
	return u.git(append([]string{"commit-tree", tree, "-m", message}, parents...)...)
}

// convert turns the work tree of a version into a product.
func (r *repository) convert(product *manifest) error {
	before, err := r.tree()
	if err != nil {
		return err
	}
	c, err := convert(before, product)
	if err != nil {
		return err
	}
	if err := c.tree.write(r.root, before); err != nil || len(product.dropped) == 0 {
		return err
	}
	return c.tree.inModules("mod", "tidy").run(r.root) // the product is tidy as well
}

// resolve resolves conflicts about files that the product deleted: they stay deleted. It commits the merge
// if no other conflict is left.
func (u *updater) resolve(failed error) error {
	status, err := u.git("status", "--porcelain", "-z")
	if err != nil {
		return err
	}
	for entry := range strings.SplitSeq(status, "\x00") {
		file, deleted := strings.CutPrefix(entry, "DU ")
		if !deleted {
			continue
		}
		if _, err := u.git("rm", "--quiet", "--", file); err != nil {
			return err
		}
		failed = nil
		fmt.Fprintf(u.out, "%s stays deleted.\n", file)
	}
	left, err := u.git("diff", "--name-only", "--diff-filter=U")
	if err != nil {
		return err
	}
	if left != "" {
		return fmt.Errorf("resolve these files and commit, or undo the merge with git merge --abort:\n%s", left)
	}
	if failed != nil {
		return failed
	}
	_, err = u.git("commit", "--quiet", "--no-edit")
	return err
}

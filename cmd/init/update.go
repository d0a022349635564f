package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// remote is what git calls the starter's repository.
const remote = "upstream"

// trailer marks the commits that update makes of the starter's: they carry its commit.
const trailer = "Starter-Commit: "

// made is a file that make docs makes anew, so that nobody needs to merge it.
const made = "docs/openapi.json"

// An updater merges a later version of the starter into a product.
type updater struct {
	*repository
	record *record
	out    io.Writer
}

// update merges a version of the starter into the product at root. The product is made from the
// version from, if its record does not tell.
//
// Git finds what changed since the last version only if it knows that one under the product's names.
// So both versions are converted, each to a commit that has the earlier one as its parent, and the
// later one is merged.
func update(root, version, from string, out io.Writer) error {
	if version == "" {
		return errors.New("say which version: make update VERSION=v1.2.0")
	}
	repository, err := open(root)
	if err != nil {
		return err
	}
	if repository == nil {
		return errors.New("this is no git repository")
	}
	if err := repository.clean(); err != nil {
		return err
	}
	record, err := readRecord(root)
	if err != nil {
		return err
	}
	if record.from == "" {
		return errors.New("this is the starter itself: run make init first, or use git merge")
	}
	u := &updater{repository, record, out}
	before, after, err := u.versions(version, from)
	if err != nil || before == after {
		return err
	}
	return u.merge(before, after, version)
}

// versions returns the starter's commits that the product has and is to have.
func (u *updater) versions(version, from string) (before, after string, err error) {
	if _, err := u.git("remote", "get-url", remote); err != nil {
		return "", "", fmt.Errorf("git knows no remote of the starter: git remote add %s ADDRESS", remote)
	}
	if _, err := u.git("fetch", "--quiet", "--tags", remote); err != nil {
		return "", "", err
	}
	if after, err = u.commit(version); err != nil {
		return "", "", fmt.Errorf("VERSION: the starter has no %s", version)
	}
	if before, err = u.commit(cmp.Or(from, u.record.from)); err == nil && before != after {
		before, err = u.git("merge-base", before, after)
	}
	if err != nil {
		return "", "", fmt.Errorf("which version is this made from? make update VERSION=%s FROM=v1.0.0", version)
	}
	if before == after {
		fmt.Fprintf(u.out, "This has %s already.\n", version)
	}
	return before, after, nil
}

// commit returns the commit that a tag, a hash or a branch of the starter stands for.
func (u *updater) commit(name string) (string, error) {
	if commit, err := u.git("rev-parse", "--verify", "--quiet", "refs/remotes/"+remote+"/"+name+"^{commit}"); err == nil {
		return commit, nil
	}
	return u.git("rev-parse", "--verify", "--quiet", name+"^{commit}")
}

// merge merges the change from one of the starter's commits to a later one.
func (u *updater) merge(before, after, version string) error {
	base, err := u.base(before)
	if err != nil {
		return err
	}
	theirs, err := u.convert(after, version, "-p", base)
	if err != nil {
		return err
	}
	// A resource of the product that resembles a removed one of the starter is not that one, renamed.
	_, failed := u.git("merge", "--no-ff", "--strategy-option=no-renames", "-m", "Update to "+version+" of the starter", theirs)
	if failed != nil {
		if err := u.settle(failed); err != nil {
			return err
		}
	}
	fmt.Fprintf(u.out, "This has %s now. Run go mod tidy, make docs, make check and make test.\n", version)
	return nil
}

// base returns the converted commit that the product has. Where the history lacks it, it is made and
// recorded as merged, which changes nothing but the record of where the product comes from.
func (u *updater) base(before string) (string, error) {
	base, err := u.git("log", "-1", "--format=%H", "--fixed-strings", "--grep="+trailer+before)
	if err != nil || base != "" {
		return base, err
	}
	if base, err = u.convert(before, before); err != nil {
		return "", err
	}
	if _, err := u.git("merge", "--strategy=ours", "--allow-unrelated-histories", "--no-commit", base); err != nil {
		return "", err
	}
	u.record.from = before
	if err := u.record.write(u.root); err != nil {
		return "", err
	}
	if _, err := u.git("add", recordFile); err != nil {
		return "", err
	}
	_, err = u.git("commit", "--quiet", "-m", "Record the version of the starter that this is made from")
	return base, err
}

// convert makes a commit of what one of the starter's would be under the product's names, in an
// index and a folder of its own.
func (u *updater) convert(commit, version string, parents ...string) (string, error) {
	folder, err := os.MkdirTemp("", "starter")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	directory, err := u.git("rev-parse", "--absolute-git-dir")
	if err != nil {
		return "", err
	}
	aside := &repository{folder, []string{"GIT_DIR=" + directory, "GIT_WORK_TREE=" + folder, "GIT_INDEX_FILE=" + folder + ".index"}}
	defer os.Remove(folder + ".index")
	if _, err := aside.git("read-tree", commit); err != nil {
		return "", err
	}
	if _, err := aside.git("checkout-index", "--all"); err != nil {
		return "", err
	}
	files, err := aside.files()
	if err != nil {
		return "", err
	}
	if err := convert(folder, files, &record{module: u.record.module, name: u.record.name, item: u.record.item, from: commit}); err != nil {
		return "", err
	}
	if _, err := aside.git("add", "--all", "--force"); err != nil {
		return "", err
	}
	tree, err := aside.git("write-tree")
	if err != nil {
		return "", err
	}
	message := "The starter at " + version + " under the names of " + u.record.name + "\n\n" + trailer + commit
	return u.git(append([]string{"commit-tree", tree, "-m", message}, parents...)...)
}

// settle resolves the conflicts about files that the product removed: they stay so. A document that is
// made from others stays as it is until it is made anew. It commits if no other conflict is left.
func (u *updater) settle(failed error) error {
	out, err := u.git("ls-files", "--unmerged", "-z")
	if err != nil || out == "" {
		return cmp.Or(err, failed)
	}
	ours, removed := map[string]bool{}, map[string]bool{}
	for entry := range strings.SplitSeq(strings.TrimRight(out, "\x00"), "\x00") {
		info, file, _ := strings.Cut(entry, "\t")
		removed[file] = true
		if strings.HasSuffix(info, " 2") {
			ours[file] = true
		}
	}
	for file := range removed {
		if ours[file] {
			continue
		}
		if _, err := u.git("rm", "--quiet", "--", file); err != nil {
			return err
		}
		fmt.Fprintf(u.out, "%s stays removed.\n", file)
	}
	if ours[made] {
		if _, err := u.git("checkout", "--ours", "--", made); err != nil {
			return err
		}
		if _, err := u.git("add", "--", made); err != nil {
			return err
		}
	}
	left, err := u.git("diff", "--name-only", "--diff-filter=U")
	if err != nil {
		return err
	}
	if left != "" {
		return fmt.Errorf("resolve these files and commit, or take it all back with git merge --abort:\n%s", left)
	}
	_, err = u.git("commit", "--quiet", "--no-edit")
	return err
}

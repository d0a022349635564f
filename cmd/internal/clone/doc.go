// Package clone has what the commands share that change a clone: nouns and their plurals, the go command, and the
// checksums of what the commands have written.
package clone

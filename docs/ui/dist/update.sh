#!/bin/sh
# Replaces Swagger UI by another version:  sh docs/ui/dist/update.sh 5.35.0
# The two large files are committed as gzip, without name and time, so that equal contents are equal bytes.
# SHA256SUMS has the sums of the uncompressed files that npm publishes. A test compares them.
set -eu
version=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && npm pack --silent "swagger-ui-dist@$version" >/dev/null && tar xzf "swagger-ui-dist-$version.tgz")
cd "$work/package"
files="LICENSE NOTICE favicon-32x32.png oauth2-redirect.html oauth2-redirect.js \
swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt swagger-ui.css"
{
	echo "# swagger-ui-dist $version"
	# shellcheck disable=SC2086
	sha256sum $files
} >"$here/SHA256SUMS"
for file in $files; do
	case $file in
	swagger-ui-bundle.js | swagger-ui.css) gzip -9 -n -c "$file" >"$here/$file.gz" ;;
	*) install -m 0644 "$file" "$here/$file" ;;
	esac
done

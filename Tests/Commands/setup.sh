#!/bin/sh
# Gets from PyPI what the tests of the commands use and Debian does not have, into .build/python: no package of the machine
# changes. Without it those tests are skipped, or fail in CI; so trouble here is said and is no error.
set -eu
cd "$(dirname "$0")/../.."
packages=.build/python
wanted=Tests/Commands/requirements.txt
cmp -s "$wanted" "$packages/requirements.txt" && exit
rm -rf "$packages"
if /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --root-user-action ignore --target "$packages" -r "$wanted"; then
    cp "$wanted" "$packages/requirements.txt"
else
    echo "Tests/Commands/setup.sh: could not install $wanted; its tests are skipped" >&2
fi

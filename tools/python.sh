#!/bin/sh
# Finds a Python that can run Crossdesk and hands the arguments to it. Without one: says the one command that installs it, and ends.
#   sh tools/python.sh -m tools run          PYTHON=/path/to/python takes precedence
set -u

# Status 0: fits; 3: the right version, but without its venv module; anything else: no use.
question='import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13): sys.exit(1)
try: import ensurepip, venv
except ImportError: sys.exit(3)'
without_venv=

for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
    "$candidate" -c "$question" >/dev/null 2>&1
    case $? in
        0) exec "$candidate" "$@" ;;
        3) [ -n "$without_venv" ] || without_venv=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])') ;;
    esac
done

exists() { command -v "$1" >/dev/null 2>&1; }

sudo=
[ "$(id -u)" = 0 ] || sudo='sudo '

# The newest Python in range that the distribution's lists offer, with its venv module.
apt_packages() {
    for version in 3.13 3.12 3.11; do
        if apt-cache show "python$version-venv" >/dev/null 2>&1; then
            echo "python$version python$version-venv"
            return
        fi
    done
    echo 'python3 python3-venv'
}

if [ -n "$without_venv" ]; then
    echo "Crossdesk needs Python's venv module, and Python $without_venv here comes without it. Install it with:" >&2
else
    echo 'Crossdesk needs Python 3.11, 3.12 or 3.13 with its venv module. Install it with:' >&2
fi

if exists apt-get; then
    if [ -n "$without_venv" ]; then packages="python$without_venv-venv"; else packages=$(apt_packages); fi
    echo "    ${sudo}apt-get install -y $packages" >&2
elif exists dnf; then
    echo "    ${sudo}dnf install -y python3.12" >&2
elif exists zypper; then
    echo "    ${sudo}zypper install -y python312" >&2
elif exists apk; then
    echo "    ${sudo}apk add python3" >&2
elif exists brew; then
    echo '    brew install python@3.13' >&2
else
    echo '    (your system'\''s package manager, or the installer from python.org)' >&2
fi
echo 'Then run the same command again.' >&2
exit 1

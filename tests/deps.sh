#!/bin/bash
# Installs what building, the demo and the tests need: only what is missing, with apt-get.
#   tests/deps.sh build   compiler and libraries
#   tests/deps.sh demo    build, and what `make demo` runs
#   tests/deps.sh bench   demo, and the peers that `make bench-*` measures against
#   tests/deps.sh package build, and what `make check-package` runs
#   tests/deps.sh coverage check, and what `make coverage` counts with
#   tests/deps.sh analyse check, and what `make check-valgrind` runs
#   tests/deps.sh check   demo, and what the tests, `make lint` and `make deb` run (default)
# As root it also makes the system user that siantre-run becomes.  An ordinary user needs sudo;
# without it the command to type is printed and the exit code is 77.
set -euo pipefail

build=(
	gcc gettext libc6-dev make pkgconf
	default-libmysqlclient-dev libarchive-dev libbsd-dev libcap-ng-dev libcurl4-openssl-dev libisal-dev
	libjansson-dev libseccomp-dev libssl-dev zlib1g-dev
)
demo=(mariadb-server-core mariadb-client-core mariadb-client)
bench=(borgbackup gzip isal jq mydumper openssh-client openssh-server pigz python3 restic rsync zstd)
debian=(debhelper dpkg-dev fakeroot lintian)
check=(
	chromium fonts-dejavu-core poppler-utils
	7zip acl age attr bats busybox check curl git jq openssl restic libarchive-tools nodejs perl php-cli
	php-vlucas-phpdotenv pigz
	gammu gammu-smsd msmtp nginx-light openssh-client openssh-server procps python3 rclone rsync smstools
	bsdextrautils iproute2 libfaketime strace util-linux xxd
	clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev cppcheck shellcheck mandoc
	systemd
	"${debian[@]}"
)
# What works inside of the chroot is installed there.
package=("${debian[@]}" check debootstrap piuparts util-linux)

user=siantre-backup

want=("${build[@]}")
case ${1:-check} in
build) ;;
demo) want+=("${demo[@]}") ;;
bench) want+=("${demo[@]}" "${bench[@]}") ;;
package) want+=("${package[@]}") ;;
check | coverage | analyse)
	want+=("${demo[@]}" "${check[@]}")
	case ${1:-} in
	coverage) want+=(llvm-14) ;;
	analyse) want+=(valgrind) ;;
	esac
	command -v npm >/dev/null || want+=(npm) # some builds of nodejs bring it along
	# A machine that has a mail server keeps it.
	[ -e /usr/sbin/sendmail ] || want+=(exim4-daemon-light)
	;;
*)
	echo "usage: tests/deps.sh [build|demo|bench|package|coverage|analyse|check]" >&2
	exit 64
	;;
esac

command -v apt-get >/dev/null || {
	echo "tests/deps.sh: apt-get not found: these packages are needed: ${want[*]}" >&2
	exit 77
}

# One call of dpkg-query; it ends 1 where a package is unknown, which is an answer too.
have=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${want[@]}" 2>/dev/null |
    sed -n 's/^ii  *//p' | sort -u) || true
missing=()
for package in "${want[@]}"; do
	grep -qxF -- "$package" <<<"$have" || missing+=("$package")
done

as_root=()
if [ "$(id -u)" != 0 ] && [ ${#missing[@]} -gt 0 ]; then
	if sudo -n true 2>/dev/null; then
		as_root=(sudo -n)
	elif [ -t 0 ] && command -v sudo >/dev/null; then
		as_root=(sudo)
	else
		echo "tests/deps.sh: packages are missing, and this user cannot install them" >&2
		echo "hint: as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
		exit 77
	fi
fi

apt() {
	${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q \
	    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

if [ ${#missing[@]} -gt 0 ]; then
	echo "tests/deps.sh: installing ${missing[*]}"
	apt update || echo "tests/deps.sh: apt-get update failed; trying with the lists at hand" >&2
	apt install -y --no-install-recommends "${missing[@]}"
	# Tests start servers of their own: a machine that let nobody in, and sent nothing, does not begin
	# to now.
	for server in openssh-server:ssh smstools:smstools gammu-smsd:gammu-smsd exim4-daemon-light:exim4; do
		if [[ " ${missing[*]} " == *" ${server%:*} "* ]] && [ -d /run/systemd/system ]; then
			${as_root[@]+"${as_root[@]}"} systemctl --quiet disable --now "${server#*:}.service" || true
		fi
	done
fi

if [ "$(id -u)" = 0 ] && ! getent passwd "$user" >/dev/null; then
	useradd --system --user-group --home-dir /var/lib/siantre --no-create-home \
	    --shell /usr/sbin/nologin "$user"
fi

# Without them the tests that need an S3 server, a mail server, a browser or Prometheus are skipped.
if [[ ${1:-check} =~ ^(check|coverage)$ ]]; then
	for part in s3 smtp page; do
		"${BASH_SOURCE[0]%/*}/npm" $part || true
	done
	"${BASH_SOURCE[0]%/*}/prometheus/install" || true
fi

# siantre-backup: one Makefile, no configure step.
# `make help` lists the targets. prefix, DESTDIR, CC, CFLAGS, CPPFLAGS and LDFLAGS are the
# caller's; what the project itself needs stands beside them in the *_ALL variables.

VERSION  := $(shell awk -F'[()]' '{ print $$2; exit }' debian/changelog)
RELEASED := $(shell date -u -d "$$(sed -n 's/^ -- .*>  //p;T;q' debian/changelog)" +%s)
prefix   ?= /usr/local
bindir   ?= $(prefix)/bin
libdir   ?= $(prefix)/lib
mandir   ?= $(prefix)/share/man
sysconfdir ?= $(if $(filter /usr,$(prefix)),/etc,$(prefix)/etc)
unitdir  ?= $(prefix)/lib/systemd/system
docdir   ?= $(prefix)/share/doc/siantre-backup
localedir ?= $(prefix)/share/locale
completionsdir ?= $(prefix)/share/bash-completion/completions
BUILD    ?= build
CC       ?= cc
CFLAGS   ?= -O2 -g
PKG_CONFIG ?= pkg-config
.DEFAULT_GOAL := all

# SAN=1 builds everything with AddressSanitizer and UBSan, in a folder of its own; by clang, so that
# the tests have seen what both compilers make of it.
ifeq ($(SAN),1)
BUILD     := build-san
CC        := clang-14
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DSANITIZED
endif

# TSAN=1: the same with ThreadSanitizer.
ifeq ($(TSAN),1)
BUILD     := build-tsan
SAN_FLAGS := -fsanitize=thread -fno-omit-frame-pointer -DSANITIZED
endif

# FUZZ=1: the fuzz targets, which need clang, in a folder of their own.
ifeq ($(FUZZ),1)
BUILD     := build-fuzz
CC        := clang-14
CFLAGS    := -O1 -g
SAN_FLAGS := -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer -DSANITIZED
endif

# COV=1: with a count of every line, for `make coverage`; tests/coverage says how it is kept.
ifeq ($(COV),1)
BUILD     := build-cov
CC        := clang-14
CFLAGS    := -O1 -g
PROFILES  := $(abspath $(BUILD)/profiles)
SAN_FLAGS := -fprofile-instr-generate=$(PROFILES)/%m%c.profraw -fcoverage-mapping \
	-mllvm -runtime-counter-relocation=true -Wno-unused-command-line-argument
endif

BENCH_GOALS := bench bench-dump bench-fragments bench-pack bench-prune bench-restore bench-ship \
	bench-status bench-tree

# These goals install what is missing and call make again: pkg-config may not be there yet.
THAT_INSTALL := $(BENCH_GOALS) analyse build-deb check check-differ check-faults check-forget check-kills \
	check-load check-package check-power check-san check-threads check-valgrind clean coverage demo deb deps format \
	fuzz help lint texts
ifneq ($(filter-out $(THAT_INSTALL),$(or $(MAKECMDGOALS),all)),)
MYSQL_CFLAGS := $(shell $(PKG_CONFIG) --cflags mysqlclient)
MYSQL_LIBS   := $(shell $(PKG_CONFIG) --libs mysqlclient)
BSD_CFLAGS   := $(shell $(PKG_CONFIG) --cflags libbsd-overlay)
BSD_LIBS     := $(shell $(PKG_CONFIG) --libs libbsd-overlay)
CHECK_LIBS   := $(shell $(PKG_CONFIG) --libs check 2>/dev/null)
ifeq ($(MYSQL_LIBS),)
$(error the libraries to build with are missing: run `make deps`)
endif
endif

WARN := -Wall -Wextra -Wshadow -Wconversion -Wcast-qual -Wformat=2 -Wmissing-prototypes \
	-Wstrict-prototypes -Wpointer-arith -Wwrite-strings -Wvla $(WERROR)
CPPFLAGS_ALL = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DRELEASED=$(RELEASED) -DSYSCONFDIR='"$(sysconfdir)"' \
	-DLIBDIR='"$(libdir)"' -DLOCALEDIR='"$(localedir)"' -Ilib $(BSD_CFLAGS) $(MYSQL_CFLAGS) $(CPPFLAGS)
# The tables for unwinding the stack are a debugger's, and lie in the debug information.
CFLAGS_ALL   = -std=gnu17 -pthread -fPIC -fno-semantic-interposition -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables $(WARN) $(SAN_FLAGS) $(CFLAGS)
LDFLAGS_ALL  = -pthread -Wl,--gc-sections,-z,pack-relative-relocs $(LDFLAGS)

# What every tool may need is one library of their own, at its place beside the tools here, and below
# $(libdir) once installed.  Its name has the version: no tool ever meets another one's.
SHARED   := libsiantre-$(VERSION).so
RUNPATH  := $(if $(filter install,$(MAKECMDGOALS)),$(libdir)/siantre,$$ORIGIN)

# What stays out of it, and is linked into the tools that use it: what needs a library that the other
# tools shall not load (zlib and ISA-L, libarchive, the database's client, libcurl).
APART := lib/gz/% lib/tar/% lib/db/% lib/prove/% lib/recover/% \
	$(addprefix lib/ship/,accept.c accept_set.c catchup.c) \
	$(addprefix lib/notify/,channel_send.c gateway_send.c http.c net.c outbox_send.c ping.c smtp.c)

# Those libraries, a line a tool.
LIBS_COMMON          := $(BSD_LIBS) -ljansson -lcrypto
LIBS_SHARED          := -lcap-ng -lseccomp -lm $(LIBS_COMMON)
LIBS_siantre-alert   := -lcurl
LIBS_siantre-dump    := $(MYSQL_LIBS)
LIBS_siantre-pack    := -lisal -lz -larchive
LIBS_siantre-restore := $(MYSQL_LIBS) -lisal -lz -larchive
LIBS_siantre-run     := -lm
LIBS_siantre-ship    := -lisal -lz -larchive -lm
LIBS_siantre-verify  := -lisal -lz -larchive

LIB_SRC   := $(sort $(wildcard lib/*/*.c))
APART_OBJ  = $(patsubst %.c,$(BUILD)/%.o,$(filter $(APART),$(LIB_SRC)))
SHARED_OBJ = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(APART),$(LIB_SRC))) $(BUILD)/page_style.o
TOOL_SRC  := $(sort $(wildcard tools/siantre-*.c))
CHECK_SRC := $(sort $(wildcard tests/check_*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
TOOLS     := $(TOOL_SRC:tools/%.c=$(BUILD)/%)
CHECKS    := $(CHECK_SRC:tests/%.c=$(BUILD)/%)
BENCHES   := $(BENCH_SRC:tests/bench/%.c=$(BUILD)/bench/%)
FUZZ_SRC  := $(sort $(wildcard tests/fuzz/*.c))
FUZZERS   := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz_%)

# What people read in their language: po/LANGUAGE.po.
CATALOGUES := $(patsubst po/%.po,$(BUILD)/locale/%/LC_MESSAGES/siantre-backup.mo,$(sort $(wildcard po/*.po)))

all: $(TOOLS) $(CATALOGUES) ## build the tools

$(CATALOGUES): $(BUILD)/locale/%/LC_MESSAGES/siantre-backup.mo: po/%.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

# What objects are made with, and linked with; they are made anew where it changed (make prefix=/usr
# install).
$(BUILD)/flags: MADE_WITH = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL), and -Os but for $(FAST)
$(BUILD)/linking: MADE_WITH = $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(RUNPATH)
$(BUILD)/flags $(BUILD)/linking: force
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(MADE_WITH))' | cmp -s - $@ || echo '$(subst ','\'',$(MADE_WITH))' >$@

# What every byte of a backup passes through is made to be fast, as the caller says; the rest to be small.
FAST := base/% gz/% tar/% sql/% prove/% $(addprefix db/,bulk.o convert.o fields.o parts.o reader.o reading.o rows.o send.o)
for_size = $(if $(filter -O2,$(CFLAGS)),$(if $(filter $(addprefix $(BUILD)/lib/,$(FAST)) $(BUILD)/tests/%,$@),,-Os))

# It joins threads in a way that ThreadSanitizer does not see.
ifeq ($(TSAN),1)
$(BUILD)/lib/base/ordered.o: private CPPFLAGS_ALL += -include tests/tsan.h
endif

# CUT_BITS= is for tests/bench/fragments, which removes the objects that it matters for.
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(if $(CUT_BITS),-DCUT_BITS=$(CUT_BITS)) $(CFLAGS_ALL) $(for_size) -MMD -MP -c -o $@ $<

# The dashboard's style sheet, as page_style of report/page_style.h.
$(BUILD)/page_style.c: lib/report/page.css
	@mkdir -p $(@D)
	{ echo '#include "report/page_style.h"'; echo 'const char page_style[] ='; \
	    sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $<; echo ';'; } >$@.new && mv $@.new $@

$(BUILD)/page_style.o: $(BUILD)/page_style.c $(BUILD)/flags
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(BUILD)/$(SHARED): $(SHARED_OBJ) $(BUILD)/linking
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -shared -Wl,-soname,$(SHARED) -Wl,-Bsymbolic-functions \
	    $(if $(SAN_FLAGS),,-Wl,--no-undefined) -o $@ $(SHARED_OBJ) $(LIBS_SHARED)

$(BUILD)/libapart.a: $(APART_OBJ)
	@rm -f $@
	$(AR) rcsD $@ $^

# Everything, for what is linked without the library: unit tests, fuzz targets.
$(BUILD)/libsiantre.a: $(SHARED_OBJ) $(APART_OBJ)
	@rm -f $@
	$(AR) rcsD $@ $^

# The commands of siantre-NAME, where it has some, stand in tools/NAME/.
parts = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tools/$(1:siantre-%=%)/*.c)))
$(foreach tool,$(TOOLS),$(eval $(tool): $(call parts,$(notdir $(tool)))))

$(TOOLS): $(BUILD)/%: $(BUILD)/tools/%.o $(BUILD)/$(SHARED) $(BUILD)/libapart.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -Wl,-rpath,'$(RUNPATH)' -o $@ $(filter %.o,$^) \
	    $(BUILD)/libapart.a $(BUILD)/$(SHARED) $(LIBS_$*) $(LIBS_COMMON)

# The linker drops what a test does not need (--as-needed).
$(CHECKS): $(BUILD)/%: $(BUILD)/tests/%.o $(BUILD)/libsiantre.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $^ $(CHECK_LIBS) $(MYSQL_LIBS) \
	    -lisal -lz -larchive -lcap-ng -lseccomp -lcurl $(LIBS_COMMON)

# What scenarios run beside the tools.
$(BUILD)/dotenv_print: $(BUILD)/tests/dotenv_print.o $(BUILD)/libsiantre.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_COMMON)

$(BUILD)/without: $(BUILD)/tests/without.o
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^

$(BUILD)/proxy: $(BUILD)/tests/proxy.o
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^

# In LD_PRELOAD: no sanitizer, whose runtime must come first.
$(BUILD)/faults.so: tests/faults/preload.c $(BUILD)/flags
	$(CC) $(CPPFLAGS_ALL) $(filter-out -fsanitize=% $(SAN_FLAGS),$(CFLAGS_ALL)) $(LDFLAGS_ALL) -shared -o $@ $<

$(BUILD)/crontab_times: $(BUILD)/tests/crontab_times.o $(BUILD)/libsiantre.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_COMMON)

# What counts would leave a file, and its folders, in the empty /tmp that a unit is to have.
ifeq ($(COV),1)
$(BUILD)/tests/confined.o $(BUILD)/confined: private SAN_FLAGS :=
endif

$(BUILD)/confined: $(BUILD)/tests/confined.o
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ -lseccomp

$(BUILD)/send: $(BUILD)/tests/send.o $(BUILD)/libsiantre.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $^ -lcurl $(LIBS_COMMON)

checks: $(CHECKS) $(BUILD)/dotenv_print $(BUILD)/without $(BUILD)/proxy $(BUILD)/send $(BUILD)/crontab_times $(BUILD)/confined \
	$(BUILD)/faults.so

$(BUILD)/flips: $(BUILD)/tests/flips.o $(BUILD)/libsiantre.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $^ -lisal -lz $(LIBS_COMMON)

check-flips: $(BUILD)/flips ## flip every bit of a packed file of 1 MB: half an hour (BYTES=, LEVEL=, STEP=)
	$(BUILD)/flips $(or $(BYTES),1000000) $(or $(LEVEL),2) $$(nproc) $(or $(STEP),1)

check-differ: ## odd INSERT statements against the server: ten minutes (SECONDS=, SEED=)
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 all
	@SIANTRE_BUILD=$(BUILD) tests/differ $(or $(SECONDS),600) $(SEED)

check-forget: ## the rules of retention against restic: minutes (SEED=, HISTORIES=)
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 all
	@PATH="$(abspath $(BUILD)):$$PATH" tests/forget $(or $(SEED),1) $(or $(HISTORIES),200)

check-faults: ## each call of a run fails once: half a day (SCENARIOS=, MOST= runs a call, SEED=)
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 all checks
	@SIANTRE_BUILD=$(BUILD) tests/faults/run -n $(or $(MOST),1000) -s $(or $(SEED),1) $(SCENARIOS)

check-kills: ## nights that are ended at random moments, and worse: half an hour (MOMENTS=, SEED=, ROWS=, STEP=)
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 all checks
	@SIANTRE_BUILD=$(BUILD) tests/run tests/kills/trouble.bats
	@SIANTRE_BUILD=$(BUILD) tests/kills/run --moments $(or $(MOMENTS),1000) --rows $(or $(ROWS),3000) \
	    $(if $(SEED),--seed $(SEED)) $(if $(STEP),--step $(STEP))

check-power: ## the power goes at every moment of a run: is a set a set then? Minutes (SEED=, SOME=, EVERY=)
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 all
	@SIANTRE_BUILD=$(BUILD) tests/power/run --seed $(or $(SEED),1) --some $(or $(SOME),2) --every $(or $(EVERY),1)

# What benches run beside the tools.
$(BENCHES): $(BUILD)/bench/%: $(BUILD)/tests/bench/%.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $^ $(MYSQL_LIBS)

$(BUILD)/load/maketree: $(BUILD)/tests/load/maketree.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^

benches: $(BENCHES) $(BUILD)/load/maketree $(BUILD)/proxy

check-load: ## 10 million files, 50 GB, 5000 tables: hours, into tests/LOAD.md (PART=, FILES=, TABLES= ...)
	@tests/deps.sh bench
	@$(MAKE) --no-print-directory -s -j2 all benches
	@SIANTRE_BUILD=$(BUILD) tests/load/run

bench: ## all that follow, small, into tests/bench/RESULTS.md (ROWS=, FILES=, ROUNDS=, ONLY=)
bench-dump: ## siantre-dump against its peers (ROWS=, ROUNDS=, ACCOUNT=root|usual|both, DATA=DIR)
bench-pack: ## siantre-pack and siantre-verify against theirs (ROWS= or SQL=, ROUNDS=, PART=)
bench-tree: ## siantre-pack and siantre-restore on a tree against theirs (FILES=, ROUNDS=, DATA=DIR)
bench-restore: ## siantre-restore db against its peers (ROWS=, ROUNDS=, KEYS=with|without|both, POOL=)
bench-fragments: ## what the size of fragments is worth (ROWS= or SQL=, BITS=, ROUNDS=)
bench-prune: ## siantre-prune on many names (SETS=)
bench-status: ## siantre-status on a long journal against jq and grep (LINES=)
bench-ship: ## what a second dump costs on the line (ROWS=, KINDS=)
$(BENCH_GOALS):
	@tests/deps.sh bench
	@$(MAKE) --no-print-directory -s -j2 all benches
	@SIANTRE_BUILD=$(BUILD) tests/bench/$(if $(filter bench,$@),all,$(@:bench-%=%))

$(FUZZERS): $(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libsiantre.a
	$(CC) $(CFLAGS_ALL) -fsanitize=fuzzer $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $^ $(MYSQL_LIBS) \
	    -lisal -lz -larchive -lcap-ng -lseccomp -lcurl $(LIBS_COMMON)

fuzzers: $(FUZZERS)

fuzz-objects: $(FUZZ_SRC:%.c=$(BUILD)/%.o)

demo: ## show it all: back up, lose, restore and compare a database and an application (ROWS=)
	@tests/deps.sh demo
	@$(MAKE) --no-print-directory -s -j2 all
	@SIANTRE_BUILD=$(BUILD) ROWS=$(or $(ROWS),200000) tests/demo

deps: ## install what building and testing need (apt-get)
	@tests/deps.sh check

check: ## run every test; SAN=1: under ASan and UBSan
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 all checks
	@SIANTRE_BUILD=$(BUILD) tests/run

check-san: ## the same as make check SAN=1
	@$(MAKE) --no-print-directory check SAN=1

check-threads: ## run what has threads under ThreadSanitizer
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 TSAN=1 all checks
	@SIANTRE_BUILD=build-tsan tests/threads

check-valgrind: ## run the unit tests and scenarios of each tool under valgrind
	@tests/deps.sh analyse
	@$(MAKE) --no-print-directory -s -j2 all checks
	@SIANTRE_BUILD=$(BUILD) tests/valgrind/run

analyse: ## look at the sources for longer: clang-tidy, gcc -fanalyzer, cppcheck with all it has
	@tests/deps.sh check
	@MAKE="$(MAKE)" tests/analyse

fuzz: ## feed every reader of foreign bytes with changed ones, FUZZ_S= seconds each (60)
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -s -j2 FUZZ=1 fuzzers
	@SIANTRE_BUILD=build-fuzz FUZZ_S=$(or $(FUZZ_S),60) tests/fuzz/run

# All of lib/ in one object, which says what there is to cover.
$(BUILD)/whole.so: $(BUILD)/libsiantre.a
	$(CC) $(CFLAGS_ALL) -shared -o $@ -Wl,--whole-archive $< -Wl,--no-whole-archive

coverage: ## run every test once, and say which lines of lib/ ran (FILES= for some tests, BAR=90)
	@tests/deps.sh coverage
	@$(MAKE) --no-print-directory -s -j2 COV=1 all checks build-cov/whole.so
	@SIANTRE_BUILD=build-cov BAR=$(or $(BAR),90) env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
	    tests/coverage $(FILES)

lint: ## look at the sources: format, warnings of both compilers, cppcheck, shellcheck, mandoc
	@tests/deps.sh check
	@MAKE="$(MAKE)" tests/lint

format: ## bring the C sources into shape (clang-format)
	@tests/deps.sh check
	@clang-format-14 -i $(sort $(wildcard lib/*/*.[ch] tools/*.[ch] tools/*/*.[ch] tests/*.[ch] tests/*/*.[ch]))

texts: ## bring po/*.po in step with the texts in the sources
	@tests/deps.sh check
	@tests/texts update

install: all ## install below $(DESTDIR)$(prefix); an edited configuration stays
	install -d "$(DESTDIR)$(bindir)" "$(DESTDIR)$(libdir)/siantre/jobs" "$(DESTDIR)$(unitdir)"
	install -d "$(DESTDIR)$(libdir)/siantre/gateways" "$(DESTDIR)$(sysconfdir)/siantre/gateways"
	install -m 0644 $(sort $(wildcard gateways/*)) "$(DESTDIR)$(libdir)/siantre/gateways"
	install -d "$(DESTDIR)$(sysconfdir)/siantre/jobs" "$(DESTDIR)$(sysconfdir)/cron.d"
	install -m 0755 $(TOOLS) "$(DESTDIR)$(bindir)"
	install -m 0644 $(BUILD)/$(SHARED) "$(DESTDIR)$(libdir)/siantre"
	install -m 0755 $(sort $(wildcard tools/jobs/*)) "$(DESTDIR)$(libdir)/siantre/jobs"
	for f in etc/*; do \
		[ -e "$(DESTDIR)$(sysconfdir)/siantre/$${f##*/}" ] || \
		install -m 0644 $$f "$(DESTDIR)$(sysconfdir)/siantre" || exit 1; done
	for f in man/*.[1-8]; do install -D -m 0644 $$f \
		"$(DESTDIR)$(mandir)/man$${f##*.}/$${f##*/}" || exit 1; done
	for f in $(sort $(wildcard man/id/*.[1-8])); do install -D -m 0644 $$f \
		"$(DESTDIR)$(mandir)/id/man$${f##*.}/$${f##*/}" || exit 1; done
	sed 's|/usr/bin/|$(bindir)/|g' cron.d/siantre-backup >"$(DESTDIR)$(sysconfdir)/cron.d/siantre-backup"
	chmod 0644 "$(DESTDIR)$(sysconfdir)/cron.d/siantre-backup"
	for f in $(CATALOGUES:$(BUILD)/locale/%=%); do \
		install -D -m 0644 "$(BUILD)/locale/$$f" "$(DESTDIR)$(localedir)/$$f" || exit 1; done
	install -d "$(DESTDIR)$(completionsdir)"
	sed 's|/etc/siantre|$(sysconfdir)/siantre|g; s|/usr/lib/siantre|$(libdir)/siantre|g' \
		completion/siantre-backup >"$(DESTDIR)$(completionsdir)/siantre-backup"
	chmod 0644 "$(DESTDIR)$(completionsdir)/siantre-backup"
	for f in $(notdir $(TOOLS)); do \
		ln -sf siantre-backup "$(DESTDIR)$(completionsdir)/$$f" || exit 1; done
	for f in systemd/siantre*; do \
		sed 's|/usr/bin/|$(bindir)/|g; s|/etc/siantre|$(sysconfdir)/siantre|g' $$f >"$(DESTDIR)$(unitdir)/$${f##*/}" && \
		chmod 0644 "$(DESTDIR)$(unitdir)/$${f##*/}" || exit 1; done
	systemd/instances "$(DESTDIR)$(unitdir)" "$(bindir)" "$(sysconfdir)"
	install -d "$(DESTDIR)$(docdir)/examples"
	for f in examples/*; do \
		sed 's|/usr/bin/|$(bindir)/|g' $$f >"$(DESTDIR)$(docdir)/examples/$${f##*/}" && \
		chmod 0644 "$(DESTDIR)$(docdir)/examples/$${f##*/}" || exit 1; done

# dpkg-buildpackage writes beside the sources: it gets a copy of its own.  The source package is made
# too, from the clean copy, so that lintian sees both.
DEB_TREE := build/deb/siantre-backup-$(VERSION)
LINTIAN := lintian -EvIL +pedantic --allow-root --fail-on error,warning,info,pedantic,experimental
deb: ## build the Debian package into build/deb
	@tests/deps.sh check
	@$(MAKE) --no-print-directory build-deb

build-deb:
	rm -rf build/deb && mkdir -p $(DEB_TREE)
	tar -cf - --exclude=./.git --exclude='./build*' . | tar -xf - -C $(DEB_TREE)
	cd $(DEB_TREE) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc -S -d
	cd $(DEB_TREE) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc -b
	$(LINTIAN) build/deb/*.changes

check-package: ## install, use, upgrade, remove and purge the package in a chroot of its own (root)
	@tests/deps.sh package
	@$(MAKE) --no-print-directory build-deb DEB_BUILD_OPTIONS=nocheck
	@tests/package/run

clean: ## remove what was built
	rm -rf build build-*

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

.PHONY: $(THAT_INSTALL) all benches check-flips checks fuzzers fuzz-objects install

.PHONY: force
.SECONDARY:
-include $(shell find $(BUILD) -path $(BUILD)/deb -prune -o -type f -name '*.d' -print 2>/dev/null)
